package vcenter

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRESTAPI_match(t *testing.T) {
	t.Parallel()
	api := newTestStores(t).rest
	for _, test := range []struct {
		verb, target, want string
		params             map[string]string
	}{
		{http.MethodGet, "/api/vcenter/vm", "GET /api/vcenter/vm", nil},
		{http.MethodGet, "/api/vcenter/vm/vm-1", "GET /api/vcenter/vm/{vm}", map[string]string{"vm": "vm-1"}},
		{
			http.MethodPost, "/api/cis/tasks/a%2Fb:c?action=cancel", "POST /api/cis/tasks/{task}?action=cancel",
			map[string]string{"task": "a/b:c"},
		},
		{http.MethodPost, "/api/vcenter/vm?action=clone&vmw-task=true", "POST /api/vcenter/vm?action=clone", nil},
	} {
		got := api.match(httptest.NewRequest(test.verb, test.target, http.NoBody))
		if got.route == nil || got.method != test.want || !maps.Equal(got.params, test.params) {
			t.Errorf("%s %s: %+v", test.verb, test.target, got)
		}
	}
	for target, want := range map[string]string{
		"/api/vcenter/vm?action=fly": "GET /api/vcenter/vm?action=fly", "/api/vcenter/vm/": "GET /api/vcenter/vm/",
		"/api/other": "GET /api/other",
	} {
		got := api.match(httptest.NewRequest(http.MethodGet, target, http.NoBody))
		if got.route != nil || got.method != want {
			t.Errorf("%s: %+v", target, got)
		}
	}
}

// TestRESTAPI_serve needs a session, and answers a panic of a handler with an error.
func TestRESTAPI_serve(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	broken := &route{verb: http.MethodGet, path: "/api/broken", serve: func(*restCall) (int, any, *problem) { panic("broken") }}
	serve := func(token string, matched match) int {
		recorder := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/api/vcenter/vm", http.NoBody)
		r.Header.Set(sessionHeader, token)
		stores.rest.serveREST(recorder, r, matched)

		return recorder.Code
	}
	list := stores.rest.match(httptest.NewRequest(http.MethodGet, "/api/vcenter/vm", http.NoBody))
	token := stores.sessions.create(administrator)
	for name, test := range map[string]struct{ got, want int }{
		"without a session": {serve("", list), http.StatusUnauthorized},
		"with a session":    {serve(token, list), http.StatusOK},
		"no operation":      {serve(token, match{method: "GET /api/other"}), http.StatusNotFound},
		"a panic":           {serve(token, match{method: "GET /api/broken", route: broken}), http.StatusInternalServerError},
	} {
		if test.got != test.want {
			t.Errorf("%s: status %d, want %d", name, test.got, test.want)
		}
	}
}

func TestRESTCall_decode(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"name":"web"}`: "", ``: errorInvalidArgument, `{`: errorInvalidArgument, `{"name":1}`: errorInvalidArgument,
		`{"other":1}`: errorUnexpectedInput,
	} {
		var into struct {
			Name string `json:"name"`
		}
		c := &restCall{r: httptest.NewRequest(http.MethodPost, "/api/vcenter/vm", strings.NewReader(body))}
		got := ""
		if p := c.decode(&into); p != nil {
			got = p.errorType
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
