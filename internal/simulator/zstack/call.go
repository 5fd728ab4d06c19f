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
	operation    *operation
	session      *session          // nil for operations that are open
	values       map[string]string // of the placeholders in the path
	query        url.Values
	params       json.RawMessage // in the body under the action's key; nil for GET and DELETE
	systemTags   []string
	userTags     []string
	resourceUUID string        // the uuid that the client wants for the new resource; empty: any
	jobUUID      string        // empty for synchronous operations
	timeout      time.Duration // of the job; 0: none

	// undo reverts what begin marked. It replaces the effect where the job fails before it, as with an injected
	// fault. The inventory's lock is held. Nil: there is nothing to revert.
	undo func()
	// created holds the names of the objects that the effect created, for the list of jobs.
	created []string
	// refused is what begin sets where the REST layer refuses the call.
	refused *refusal
}

// newCall reads a request. The failure, such as an expired session, is one that the call answers in the end.
func newCall(r *http.Request, arrived arrival, auth *authenticator) (*call, *errorCode, *refusal) {
	c := &call{
		operation: arrived.operation, values: arrived.values, query: r.URL.Query(), params: arrived.body[arrived.operation.action],
	}
	var failure *errorCode
	if !arrived.operation.open {
		var refused *refusal
		if c.session, failure, refused = auth.authenticate(r, arrived.path); refused != nil {
			return nil, nil, refused
		}
	}
	for _, read := range []func() *refusal{
		func() *refusal { return c.readHeaders(r.Header) },
		func() *refusal { return readTags(arrived.body, "systemTags", &c.systemTags) },
		func() *refusal { return readTags(arrived.body, "userTags", &c.userTags) },
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
