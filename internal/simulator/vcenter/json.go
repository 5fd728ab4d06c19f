package vcenter

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// The vim25 API as JSON (VI/JSON): POST /sdk/vim25/{release}/{Type}/{moId}/{method} calls a method, GET with a property's
// name reads the property. A request becomes the equivalent SOAP request, so that both forms share sessions,
// privileges, the method table and govmomi's own methods; the answer is taken before it is written as XML.

const jsonPrefix = sdkPath + "/vim25/"

// jsonReleases are the releases that speak JSON; an address names one up to the server's own.
var jsonReleases = []string{"8.0.1.0", "8.0.2.0", "8.0.3.0", "9.0.0.0", "9.1.0.0"}

// jsonTarget is what a VI/JSON address names.
type jsonTarget struct {
	release string
	this    types.ManagedObjectReference
	name    string // of the method, or of the property
	read    bool   // of a property
}

// jsonTargetOf parses a VI/JSON address, and reports false for every other address.
func jsonTargetOf(r *http.Request) (*jsonTarget, bool) {
	rest, ok := strings.CutPrefix(r.URL.Path, jsonPrefix)
	parts := strings.Split(rest, "/")
	const wanted = 4
	if !ok || len(parts) != wanted || slices.Contains(parts, "") {
		return nil, false
	}

	return &jsonTarget{
		release: parts[0], name: parts[3], read: r.Method == http.MethodGet,
		this: types.ManagedObjectReference{Type: parts[1], Value: parts[2]},
	}, true
}

// method returns the name under which the request counts: a call as in SOAP, a read by its address.
func (t *jsonTarget) method() string {
	if t.read {
		return "GET " + jsonPrefix + "{release}/" + t.this.Type + "/{moId}/" + t.name
	}

	return t.name
}

// jsonAPI turns VI/JSON requests into calls of vimAPI.
type jsonAPI struct {
	inventory *inventory
	vim       *vimAPI
}

// serveJSON answers a VI/JSON request.
func (s *jsonAPI) serveJSON(w http.ResponseWriter, r *http.Request, target *jsonTarget) {
	if !slices.Contains(jsonReleases, target.release) || !s.inventory.apiAtLeast(target.release) {
		http.Error(w, "unknown release", http.StatusNotFound)

		return
	}
	if target.read {
		s.readProperty(w, r, target)

		return
	}
	kind, ok := types.TypeFunc()(target.name)
	if !ok || kind.Kind() != reflect.Struct {
		http.Error(w, "unknown method", http.StatusNotFound)

		return
	}
	body := reflect.New(kind)
	if p := decodeJSONBody(r, body.Interface()); p != nil {
		writeJSONFault(w, p)

		return
	}
	this := body.Elem().FieldByName("This")
	if !this.IsValid() {
		http.Error(w, "unknown method", http.StatusNotFound)

		return
	}
	this.Set(reflect.ValueOf(target.this))

	result := s.callAsSOAP(r, target, target.name, body.Interface())
	if result.session != "" {
		w.Header().Set(sessionHeader, result.session)
	}
	if result.problem != nil {
		writeJSONFault(w, result.problem)

		return
	}
	writeJSONValue(w, result.value)
}

func decodeJSONBody(r *http.Request, into any) *problem {
	var read bytes.Buffer
	if _, err := read.ReadFrom(r.Body); err != nil {
		return invalidRequest(err.Error())
	}
	if len(bytes.TrimSpace(read.Bytes())) == 0 {
		return nil
	}
	if err := types.NewJSONDecoder(&read).Decode(into); err != nil {
		return invalidRequest(err.Error())
	}

	return nil
}

func invalidRequest(why string) *problem {
	return &problem{
		fault:     &types.InvalidRequest{},
		errorType: errorInvalidArgument,
		messages:  []string{"The request is invalid.", why},
	}
}

// jsonResult is a method's answer: its return value, not valid where there is none, or a problem.
type jsonResult struct {
	value   reflect.Value
	problem *problem
	session string // of a login
}

// callAsSOAP calls a method in the release of the address, with the caller's session.
func (s *jsonAPI) callAsSOAP(r *http.Request, target *jsonTarget, method string, body any) jsonResult {
	envelope, err := soapRequestOf(method, body)
	if err != nil {
		return jsonResult{problem: invalidRequest(err.Error())}
	}
	inner := httptest.NewRequestWithContext(r.Context(), http.MethodPost, sdkPath, bytes.NewReader(envelope))
	inner.RemoteAddr, inner.TLS = r.RemoteAddr, r.TLS
	inner.Header.Set("User-Agent", r.UserAgent())
	if session := r.Header.Get(sessionHeader); session != "" {
		inner.AddCookie(&http.Cookie{Name: sessionCookieName, Value: session})
	}
	known := &request{done: r.Context().Done(), exclusive: exclusiveMethods[method], version: target.release}
	recorder := httptest.NewRecorder()
	s.vim.serveRequest(recorder, inner, known)

	result := jsonResult{}
	for _, cookie := range recorder.Result().Cookies() {
		if cookie.Name == sessionCookieName {
			result.session = cookie.Value
		}
	}
	answer := known.answer
	if answer == nil {
		// Without a session govmomi answers by itself.
		answer = readSOAPAnswer(method, recorder.Body)
	}
	if fault := answer.Fault(); fault != nil {
		result.problem = fromSOAPFault(fault)

		return result
	}
	result.value = returnValue(answer)

	return result
}

// returnValue finds the return value in the answer of any method.
func returnValue(answer soap.HasFault) reflect.Value {
	response := reflect.ValueOf(answer).Elem().FieldByName("Res")
	for response.IsValid() && (response.Kind() == reflect.Pointer || response.Kind() == reflect.Interface) {
		response = response.Elem()
	}
	if !response.IsValid() {
		return reflect.Value{}
	}

	return response.FieldByName("Returnval")
}

// writeJSONValue answers with a value, and with 204 where there is none.
func writeJSONValue(w http.ResponseWriter, value reflect.Value) {
	if !value.IsValid() || (value.Kind() == reflect.Pointer || value.Kind() == reflect.Interface) && value.IsNil() {
		w.WriteHeader(http.StatusNoContent)

		return
	}
	var out bytes.Buffer
	if err := encodeJSON(&out, value); err != nil {
		writeJSONFault(w, &problem{fault: &types.SystemError{Reason: err.Error()}, messages: []string{err.Error()}})

		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(out.Bytes())
}

// encodeJSON writes a value as VI/JSON does: objects with the names of their types, lists and plain values as they are.
func encodeJSON(out *bytes.Buffer, value reflect.Value) error {
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if value.Kind() == reflect.Struct && strings.HasPrefix(value.Type().Name(), "ArrayOf") {
		value = value.Field(0)
	}
	_, isTime := reflect.TypeAssert[time.Time](value)
	switch {
	case value.Kind() == reflect.Struct && !isTime:
		return types.NewJSONEncoder(out).Encode(value.Interface())
	case value.Kind() != reflect.Slice || value.Type().Elem().Kind() == reflect.Uint8:
		return json.NewEncoder(out).Encode(value.Interface())
	}
	out.WriteByte('[')
	for i := range value.Len() {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encodeJSON(out, value.Index(i)); err != nil {
			return err
		}
	}
	out.WriteByte(']')

	return nil
}

// writeJSONFault answers with a fault: 500, the fault's own fields with its type, and the message as faultstring.
func writeJSONFault(w http.ResponseWriter, p *problem) {
	writeJSONFaultAs(w, http.StatusInternalServerError, p)
}

func writeJSONFaultAs(w http.ResponseWriter, status int, p *problem) {
	var out bytes.Buffer
	fields := map[string]json.RawMessage{}
	err := types.NewJSONEncoder(&out).Encode(p.vimFault())
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &fields)
	}
	if err == nil {
		fields["faultstring"], err = json.Marshal(p.message())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)

		return
	}
	serving.WriteJSON(w, status, fields)
}
