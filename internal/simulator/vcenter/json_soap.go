package vcenter

import (
	"bytes"
	"fmt"
	"io"
	"reflect"

	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// soapRequest is the body of a SOAP request: one element, named after the method.
type soapRequest struct {
	method string
	body   any
}

// MarshalXML implements xml.Marshaler.
func (r *soapRequest) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return fmt.Errorf("encode the body: %w", err)
	}
	name := xml.StartElement{Name: xml.Name{Space: "urn:vim25", Local: r.method}}
	if err := e.EncodeElement(r.body, name); err != nil {
		return fmt.Errorf("encode %s: %w", r.method, err)
	}
	if err := e.EncodeToken(start.End()); err != nil {
		return fmt.Errorf("encode the body: %w", err)
	}

	return nil
}

func soapRequestOf(method string, body any) ([]byte, error) {
	encoded, err := xml.Marshal(soap.Envelope{Body: &soapRequest{method: method, body: body}})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}

	return encoded, nil
}

// openResponses are the responses of the methods that govmomi answers without a session.
var openResponses = map[string]any{
	"Login":                  types.LoginResponse{},
	"LoginByToken":           types.LoginByTokenResponse{},
	"CloneSession":           types.CloneSessionResponse{},
	"RetrieveServiceContent": types.RetrieveServiceContentResponse{},
	"RetrieveProperties":     types.RetrievePropertiesResponse{},
	"RetrievePropertiesEx":   types.RetrievePropertiesExResponse{},
}

// openAnswer is an answer that was read back from XML.
type openAnswer struct {
	Res    any
	Fault_ *soap.Fault //nolint:revive // as govmomi calls it
}

// Fault implements soap.HasFault.
func (a *openAnswer) Fault() *soap.Fault { return a.Fault_ }

// UnmarshalXML implements xml.Unmarshaler: the body holds a fault or the response.
func (a *openAnswer) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	for {
		token, err := d.Token()
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		switch element := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			into := a.Res
			if element.Name.Local == "Fault" {
				a.Fault_ = &soap.Fault{}
				into = a.Fault_
			}
			if err := d.DecodeElement(into, &element); err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
		}
	}
}

// readSOAPAnswer parses an answer that govmomi gave without calling the dispatcher.
func readSOAPAnswer(method string, body io.Reader) soap.HasFault {
	answer := &openAnswer{Res: &struct{}{}}
	if response, ok := openResponses[method]; ok {
		answer.Res = reflect.New(reflect.TypeOf(response)).Interface()
	}
	var read bytes.Buffer
	_, err := read.ReadFrom(body)
	if err == nil {
		decoder := xml.NewDecoder(&read)
		decoder.TypeFunc = types.TypeFunc()
		err = decoder.Decode(&soap.Envelope{Body: answer})
	}
	if err != nil {
		return invalidRequest(err.Error()).body()
	}
	if answer.Fault_ != nil {
		answer.Fault_.Detail.Fault = pointerTo(answer.Fault_.Detail.Fault)
	}

	return answer
}

// pointerTo returns a pointer to a value: the package handles faults as pointers.
func pointerTo(value any) any {
	if value == nil || reflect.TypeOf(value).Kind() == reflect.Pointer {
		return value
	}
	pointer := reflect.New(reflect.TypeOf(value))
	pointer.Elem().Set(reflect.ValueOf(value))

	return pointer.Interface()
}
