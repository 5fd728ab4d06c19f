package vcenter

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// restCall is one REST request that found its route.
type restCall struct {
	ctx    *simulator.Context
	w      http.ResponseWriter
	r      *http.Request
	params map[string]string // what stands for the placeholders
	query  url.Values
	user   string
	token  string
}

// route is one REST operation.
type route struct {
	verb   string
	path   string // "/api/vcenter/vm/{vm}"
	action string // of the query parameter action
	// open routes need no session.
	open bool
	// serve answers with a status and a body to write as JSON (nil: no body), or a problem. It locks the inventory itself.
	serve func(*restCall) (int, any, *problem)
}

// match is the name of a REST request's method, and its route if there is one.
type match struct {
	method string
	route  *route
	params map[string]string
}

// restAPI answers REST requests.
type restAPI struct {
	inventory  *inventory
	lifetime   *lifetime
	users      *userStore
	sessions   *sessionStore
	tasks      *taskStore
	specs      *specStore
	conditions *conditionStore
	power      *powerStates
	vms        *vmStore
	clones     *cloner
	ftRules    *ftRules
	tags       *tagStore
	routes     []route
	// strictTasks is Options.StrictTaskList.
	strictTasks bool
}

func (s *restAPI) routeTable() []route {
	return slices.Concat(s.tagRoutes(), s.listRoutes(), []route{
		{verb: http.MethodPost, path: "/api/session", open: true, serve: s.createSession},
		{verb: http.MethodGet, path: "/api/session", serve: s.getSession},
		{verb: http.MethodDelete, path: "/api/session", serve: s.deleteSession},

		{verb: http.MethodGet, path: "/api/vcenter/vm", serve: s.listVMs},
		{verb: http.MethodPost, path: "/api/vcenter/vm", action: "clone", serve: s.restClone},
		{verb: http.MethodGet, path: "/api/vcenter/vm/{vm}", serve: s.getVM},
		{verb: http.MethodDelete, path: "/api/vcenter/vm/{vm}", serve: s.deleteVM},
		{verb: http.MethodGet, path: "/api/vcenter/vm/{vm}/power", serve: s.getPower},
		{verb: http.MethodPost, path: "/api/vcenter/vm/{vm}/power", action: "start", serve: s.startVM},
		{verb: http.MethodPost, path: "/api/vcenter/vm/{vm}/power", action: "stop", serve: s.stopVM},

		{verb: http.MethodGet, path: "/api/cis/tasks", serve: s.listTasksByQuery},
		{verb: http.MethodPost, path: "/api/cis/tasks", action: "list", serve: s.listTasks},
		{verb: http.MethodGet, path: "/api/cis/tasks/{task}", serve: s.getTask},
		{verb: http.MethodPost, path: "/api/cis/tasks/{task}", action: "cancel", serve: s.cancelTask},

		{verb: http.MethodGet, path: "/api/vcenter/guest/customization-specs", serve: s.listSpecs},
		{verb: http.MethodGet, path: "/api/vcenter/guest/customization-specs/{name}", serve: s.getSpec},
	})
}

// match finds the route of a request. A request without one keeps its own path as its method's name.
func (s *restAPI) match(r *http.Request) match {
	action := r.URL.Query().Get("action")
	for i := range s.routes {
		candidate := &s.routes[i]
		if candidate.verb != r.Method || candidate.action != action {
			continue
		}
		if params, ok := matchPath(candidate.path, r.URL.EscapedPath()); ok {
			return match{method: candidate.name(), route: candidate, params: params}
		}
	}
	name := r.Method + " " + r.URL.Path
	if action != "" {
		name += "?action=" + action
	}

	return match{method: name}
}

func (r *route) name() string {
	name := r.verb + " " + r.path
	if r.action != "" {
		name += "?action=" + r.action
	}

	return name
}

func matchPath(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			value, err := url.PathUnescape(got[i])
			if err != nil || value == "" {
				return nil, false
			}
			params[strings.TrimSuffix(name, "}")] = value
		} else if part != got[i] {
			return nil, false
		}
	}

	return params, true
}

func (s *restAPI) serveREST(w http.ResponseWriter, r *http.Request, matched match) {
	if matched.route == nil {
		p := &problem{errorType: errorOperationNotFound, messages: []string{"There is no operation " + matched.method + "."}}
		serving.WriteJSON(w, statuses[p.errorType], p.vapi())

		return
	}
	c := &restCall{w: w, r: r, params: matched.params, query: r.URL.Query(), token: r.Header.Get(sessionHeader)}
	if !matched.route.open {
		user, ok := s.sessions.use(c.token)
		if !ok {
			p := unauthenticated("This method requires authentication.")
			serving.WriteJSON(w, statuses[p.errorType], p.vapi())

			return
		}
		c.user = user
	}
	c.ctx = s.inventory.newContext(c.user)

	status, body, p := s.serveGuarded(matched.route, c)
	if p != nil {
		answer := p.vapi()
		status = statuses[answer.ErrorType]
		if status == 0 {
			status = http.StatusInternalServerError
		}
		serving.WriteJSON(w, status, answer)

		return
	}
	serving.WriteJSON(w, status, body)
}

func (s *restAPI) serveGuarded(r *route, c *restCall) (status int, body any, p *problem) {
	defer s.inventory.guard(c.ctx, &p)

	return r.serve(c)
}

func unauthenticated(message string) *problem {
	return &problem{errorType: errorUnauthenticated, messages: []string{message}}
}

// decode reads the request's body. A field of the wrong type is INVALID_ARGUMENT, an unknown field UNEXPECTED_INPUT.
func (c *restCall) decode(into any) *problem {
	body, err := io.ReadAll(c.r.Body)
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return &problem{errorType: errorInvalidArgument, messages: []string{"The request has no body."}}
	}
	if err := json.Unmarshal(body, into); err != nil {
		message := "The request's body is not valid JSON."
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			message = "The field " + wrong.Field + " is not of the right type."
		}

		return &problem{errorType: errorInvalidArgument, messages: []string{message, err.Error()}}
	}
	strict := json.NewDecoder(bytes.NewReader(body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		return &problem{errorType: errorUnexpectedInput, messages: []string{"The request holds a field that is not known.", err.Error()}}
	}

	return nil
}
