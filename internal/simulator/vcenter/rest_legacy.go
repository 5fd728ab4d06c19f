package vcenter

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

const (
	legacySession = "/rest/com/vmware/cis/session"
	legacyTagging = "/rest/com/vmware/cis/tagging/"
	legacyVcenter = "/rest/vcenter/"
)

// legacyREST answers the older form of the REST API. Its sessions, its tags and its lists are those of the newer form, and the rest of it is
// govmomi's.
type legacyREST struct {
	govmomi  http.Handler
	sessions *sessionStore
	users    *userStore
	rest     *restAPI

	mu    sync.Mutex
	inner string // the session that all requests to govmomi have
}

// ServeHTTP implements http.Handler.
func (s *legacyREST) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	list, listed := strings.CutPrefix(r.URL.Path, legacyVcenter)
	switch {
	case r.URL.Path == legacySession:
		s.serveSession(w, r)
	case strings.HasPrefix(r.URL.Path, legacyTagging):
		s.serveTagging(w, r)
	case listed && r.Method == http.MethodGet && s.isList(list):
		s.serveNewer(w, r, http.MethodGet, "/api/vcenter/"+list+"?"+newerFilters(r.URL.Query()).Encode(), nil)
	default:
		s.serveGovmomi(w, r)
	}
}

// isList reports whether a path below vcenter is that of a list which the newer form has.
func (s *legacyREST) isList(name string) bool {
	return name == "vm" || slices.ContainsFunc(objectLists, func(list objectList) bool { return list.name == name })
}

// legacyRoutes returns the lists, which no table of routes holds.
func legacyRoutes() []CatalogRoute {
	routes := []CatalogRoute{{Method: http.MethodGet, Path: legacyVcenter + "vm"}}
	for _, list := range objectLists {
		routes = append(routes, CatalogRoute{Method: http.MethodGet, Path: legacyVcenter + list.name})
	}

	return routes
}

// legacyFilter is the name of a parameter that filters a list: "filter.names", or "filter.names.1" for one of several values.
var legacyFilter = regexp.MustCompile(`^filter\.([a-z_]+)(\.\d+)?$`)

// newerFilters returns the parameters of a list in the newer form. A parameter that is none in the older form is none in the newer one.
func newerFilters(query url.Values) url.Values {
	filters := url.Values{}
	for parameter, values := range query {
		name := "filter " + parameter // known to no list
		if parts := legacyFilter.FindStringSubmatch(parameter); parts != nil {
			name = parts[1]
		}
		filters[name] = append(filters[name], values...)
	}

	return filters
}

// serveSession opens, shows and ends sessions, which are the same as those of the newer form. Tokens of other authorities are govmomi's.
func (s *legacyREST) serveSession(w http.ResponseWriter, r *http.Request) {
	user, password, named := r.BasicAuth()
	opens := r.Method == http.MethodPost && r.URL.Query().Get("~action") == ""
	switch {
	case opens && !named:
		s.govmomi.ServeHTTP(w, r)
	case opens && !s.users.valid(user, password):
		writeLegacyProblem(w, unauthenticated("Authentication failed: the user name or the password is wrong."))
	case opens:
		token := s.sessions.create(user)
		if !strings.EqualFold(r.Header.Get("vmware-use-header-authn"), "true") {
			http.SetCookie(w, &http.Cookie{Name: sessionHeader, Value: token, Path: "/rest", HttpOnly: true, Secure: r.TLS != nil})
		}
		serving.WriteJSON(w, http.StatusOK, map[string]string{"value": token})
	case s.isForeign(r):
		s.govmomi.ServeHTTP(w, r)
	case r.Method == http.MethodDelete:
		s.serveNewer(w, r, http.MethodDelete, "/api/session", nil)
	default:
		s.serveNewer(w, r, http.MethodGet, "/api/session", nil)
	}
}

// isForeign reports whether a request has a session that only govmomi knows: that of a token, or of a transfer of files.
func (s *legacyREST) isForeign(r *http.Request) bool {
	token := legacyToken(r)
	_, own := s.sessions.find(token)

	return token != "" && !own
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

// serveGovmomi gives a request to govmomi, in a session of govmomi's.
func (s *legacyREST) serveGovmomi(w http.ResponseWriter, r *http.Request) {
	if _, own := s.sessions.use(legacyToken(r)); own {
		r = r.Clone(r.Context())
		r.Header.Set(sessionHeader, s.innerSession(r))
	}
	s.govmomi.ServeHTTP(w, r)
}

// innerSession returns govmomi's session, which the first request opens.
func (s *legacyREST) innerSession(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner != "" {
		return s.inner
	}
	login := httptest.NewRequestWithContext(r.Context(), http.MethodPost, legacySession, http.NoBody)
	login.SetBasicAuth(administrator, administratorPassword)
	recorder := httptest.NewRecorder()
	s.govmomi.ServeHTTP(recorder, login)
	var opened struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(recorder.Body.Bytes(), &opened) == nil {
		s.inner = opened.Value
	}

	return s.inner
}

// serveTagging turns a request into one of the newer form: ids stand in the path without "id:", the action has no tilde, and specifications
// are not wrapped.
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
	s.serveNewer(w, r, r.Method, target, body)
}

// serveNewer answers a request by an operation of the newer form, whose answer it wraps.
func (s *legacyREST) serveNewer(w http.ResponseWriter, r *http.Request, verb, target string, body []byte) {
	inner := httptest.NewRequestWithContext(r.Context(), verb, target, bytes.NewReader(body))
	inner.Header.Set(sessionHeader, legacyToken(r))
	recorder := httptest.NewRecorder()
	s.rest.serveREST(recorder, inner, s.rest.match(inner))
	if recorder.Code >= http.StatusBadRequest {
		refused := &vapiError{}
		_ = json.Unmarshal(recorder.Body.Bytes(), refused) // the newer form's own
		writeLegacyError(w, recorder.Code, refused)

		return
	}
	answer := map[string]json.RawMessage{}
	if recorder.Body.Len() > 0 {
		answer["value"] = recorder.Body.Bytes()
	}
	serving.WriteJSON(w, http.StatusOK, answer)
}

func writeLegacyProblem(w http.ResponseWriter, p *problem) {
	writeLegacyError(w, statuses[p.errorType], p.vapi())
}

// writeLegacyError writes an error as the older form does: the type is the error's name in vAPI, and the messages are its value.
func writeLegacyError(w http.ResponseWriter, status int, refused *vapiError) {
	serving.WriteJSON(w, status, map[string]any{
		"type": "com.vmware.vapi.std.errors." + strings.ToLower(refused.ErrorType), "value": map[string]any{"messages": refused.Messages},
	})
}
