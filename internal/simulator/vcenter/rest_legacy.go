package vcenter

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

const (
	legacySession = "/rest/com/vmware/cis/session"
	legacyTagging = "/rest/com/vmware/cis/tagging/"
)

// legacyREST answers the older form of the REST API. Its tags are those of the newer form, its sessions are known to both, and the rest
// of it is govmomi's.
type legacyREST struct {
	govmomi  http.Handler
	sessions *sessionStore
	rest     *restAPI
}

// ServeHTTP implements http.Handler.
func (s *legacyREST) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == legacySession:
		s.serveSession(w, r)
	case strings.HasPrefix(r.URL.Path, legacyTagging):
		s.serveTagging(w, r)
	default:
		s.govmomi.ServeHTTP(w, r)
	}
}

// serveSession lets govmomi open or end a session, and opens or ends a session of the newer form with the same token.
func (s *legacyREST) serveSession(w http.ResponseWriter, r *http.Request) {
	recorder := httptest.NewRecorder()
	s.govmomi.ServeHTTP(recorder, r)
	user, _, named := r.BasicAuth()
	var opened struct {
		Value string `json:"value"`
	}
	switch {
	case r.Method == http.MethodDelete:
		s.sessions.remove(legacyToken(r))
	case r.Method == http.MethodPost && named && recorder.Code == http.StatusOK && json.Unmarshal(recorder.Body.Bytes(), &opened) == nil:
		s.sessions.open(opened.Value, user)
	}
	maps.Copy(w.Header(), recorder.Header())
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

func legacyToken(r *http.Request) string {
	if token := r.Header.Get(sessionHeader); token != "" {
		return token
	}
	if cookie, err := r.Cookie(sessionHeader); err == nil {
		return cookie.Value
	}

	return ""
}

// serveTagging turns a request into one of the newer form: ids stand in the path without "id:", the action has no tilde, and neither
// specifications nor answers are wrapped.
func (s *legacyREST) serveTagging(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var wrapped struct {
		Create json.RawMessage `json:"create_spec"`
		Update json.RawMessage `json:"update_spec"`
	}
	if json.Unmarshal(body, &wrapped) == nil {
		for _, spec := range []json.RawMessage{wrapped.Create, wrapped.Update} {
			if spec != nil {
				body = spec
			}
		}
	}
	path := strings.ReplaceAll(strings.TrimPrefix(r.URL.EscapedPath(), "/rest/com/vmware"), "/id:", "/")
	action := r.URL.Query().Get("~action")
	if category, ok := strings.CutPrefix(path, "/cis/tagging/tag/"); ok && action == "list-tags-for-category" {
		path = "/cis/tagging/tag"
		body, _ = json.Marshal(map[string]string{"category_id": category})
	}
	target := "/api" + path
	if action != "" {
		target += "?action=" + action
	}
	inner := httptest.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(body))
	inner.Header.Set(sessionHeader, legacyToken(r))
	recorder := httptest.NewRecorder()
	s.rest.serveREST(recorder, inner, s.rest.match(inner))
	if recorder.Code >= http.StatusBadRequest {
		serving.WriteJSON(w, recorder.Code, json.RawMessage(recorder.Body.Bytes()))

		return
	}
	answer := map[string]json.RawMessage{}
	if recorder.Body.Len() > 0 {
		answer["value"] = recorder.Body.Bytes()
	}
	serving.WriteJSON(w, http.StatusOK, answer)
}
