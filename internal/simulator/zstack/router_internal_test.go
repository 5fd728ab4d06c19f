package zstack

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRouter(t *testing.T) {
	t.Parallel()
	routes := router{operations: []operation{
		{name: "Query", method: http.MethodGet, path: "/v1/things/{uuid}"},
		{name: "First", method: http.MethodPut, path: "/v1/things/{uuid}/actions", action: "first"},
		{name: "Second", method: http.MethodPut, path: "/v1/things/{uuid}/actions", action: "second"},
	}}
	for name, test := range map[string]struct {
		method, path, body string
		want               string
		status             int // of the refusal
	}{
		"by path":             {http.MethodGet, "/zstack/v1/things/7", "", "Query", 0},
		"by action":           {http.MethodPut, "/zstack/v1/things/7/actions", `{"second":{}}`, "Second", 0},
		"a job":               {http.MethodGet, "/zstack/v1/api-jobs/7", "", QueryJob, 0},
		"doubled slashes":     {http.MethodGet, "//zstack//v1/things//7", "", "Query", 0},
		"a slash at the end":  {http.MethodGet, "/zstack/v1/things/7/", "", "GET /zstack/v1/things/7/", http.StatusNotFound},
		"another application": {http.MethodGet, "/other/v1/things/7", "", "GET /other/v1/things/7", http.StatusNotFound},
		"another method":      {http.MethodDelete, "/zstack/v1/things/7", "", "DELETE /zstack/v1/things/7", http.StatusMethodNotAllowed},
		"another action":      {http.MethodPut, "/zstack/v1/things/7/actions", `{"x":{}}`, "PUT /zstack/v1/things/7/actions", http.StatusBadRequest},
		"no JSON":             {http.MethodPut, "/zstack/v1/things/7/actions", `nonsense`, "PUT /zstack/v1/things/7/actions", http.StatusBadRequest},
		"a job's deletion":    {http.MethodDelete, "/zstack/v1/api-jobs/7", "", QueryJob, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequestWithContext(t.Context(), test.method, "http://host"+test.path, http.NoBody)
			got := routes.recognise(request, []byte(test.body))
			if got.name != test.want {
				t.Errorf("got the name %q, want %q", got.name, test.want)
			}
			switch {
			case test.status == 0 && (got.refused != nil || got.values["uuid"] != "7"):
				t.Errorf("refused %+v, values %v", got.refused, got.values)
			case test.status != 0 && (got.refused == nil || got.refused.status != test.status):
				t.Errorf("refused %+v, want the status %d", got.refused, test.status)
			}
		})
	}
}
