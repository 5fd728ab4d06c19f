package zstack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	headerJob     = "X-Job-UUID"
	headerTimeout = "X-API-Timeout"
)

// call is one request that found its operation.
type call struct {
	server       *Server
	operation    *operation
	session      *session          // nil for operations that are open
	values       map[string]string // what stands for the placeholders of the path
	query        url.Values
	params       json.RawMessage // what stands in the body under the action's key; nil for GET and DELETE
	systemTags   []string
	userTags     []string
	resourceUUID string        // the uuid that the caller wants for what is made; empty: any
	jobUUID      string        // empty for synchronous operations
	timeout      time.Duration // how long the caller gives the job; 0: for ever

	// undo takes back what begin marked. It runs instead of the effect where the job fails without one, as with an injected
	// fault, and holds the world alone. Nil: there is nothing to take back.
	undo func()
	// made are the names of what the effect has made, for whoever looks at the jobs.
	made []string
	// refused is what begin sets where the REST layer refuses the call.
	refused *refusal
}

// newCall reads a request. It may come with a failure that the call answers in the end, such as an expired session.
func (s *Server) newCall(r *http.Request, came arrival) (*call, *errorCode, *refusal) {
	c := &call{
		server: s, operation: came.operation, values: came.values, query: r.URL.Query(), params: came.body[came.operation.action],
	}
	var failure *errorCode
	if !came.operation.open {
		var refused *refusal
		if c.session, failure, refused = s.authenticate(r, came.path); refused != nil {
			return nil, nil, refused
		}
	}
	for _, read := range []func() *refusal{
		func() *refusal { return c.readHeaders(r.Header) },
		func() *refusal { return readTags(came.body, "systemTags", &c.systemTags) },
		func() *refusal { return readTags(came.body, "userTags", &c.userTags) },
	} {
		if refused := read(); refused != nil {
			return nil, nil, refused
		}
	}
	if problem := c.readResourceUUID(); failure == nil {
		failure = problem
	}

	return c, failure, nil
}

func (c *call) readHeaders(header http.Header) *refusal {
	if values, given := header[http.CanonicalHeaderKey(headerJob)]; given {
		if !isUUID(values[0]) {
			return refuse(http.StatusBadRequest, "Invalid header[%s], it must be a UUID with '-' stripped", headerJob)
		}
		c.jobUUID = values[0]
	}
	if values, given := header[http.CanonicalHeaderKey(headerTimeout)]; given {
		seconds, err := strconv.Atoi(values[0])
		if err != nil || seconds < 0 {
			return refuse(http.StatusBadRequest, "Invalid header[%s], timeout is requested", headerTimeout)
		}
		c.timeout = time.Duration(seconds) * time.Second
	}

	return nil
}

func readTags(body map[string]json.RawMessage, key string, into *[]string) *refusal {
	if raw, given := body[key]; given {
		if err := json.Unmarshal(raw, into); err != nil {
			return refuse(http.StatusBadRequest, "%s is not a list of texts", key)
		}
	}

	return nil
}

func (c *call) readResourceUUID() *errorCode {
	var params struct {
		ResourceUUID string `json:"resourceUuid"`
	}
	if c.operation.method != http.MethodPost || len(c.params) == 0 {
		return nil
	}
	if failure := c.decode(&params); failure != nil {
		return failure
	}
	if params.ResourceUUID != "" && !isUUID(params.ResourceUUID) {
		return newError(codeInvalidArgument, "resourceUuid[%s] is not a uuid: 32 hexadecimal digits", params.ResourceUUID)
	}
	c.resourceUUID = params.ResourceUUID

	return nil
}

// decode reads the call's parameters. One of the wrong type is SYS.1007.
func (c *call) decode(into any) *errorCode {
	if len(c.params) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.params, into); err != nil {
		return newError(codeInvalidArgument, "the parameters of %s cannot be read: %v", c.operation.name, err)
	}

	return nil
}
