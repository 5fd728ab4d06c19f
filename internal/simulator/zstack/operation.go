package zstack

import (
	"net/http"
	"net/url"
)

// operation is one API of the management node.
type operation struct {
	// name is what the API is called: "CloneVmInstance", "QueryVmInstance". Requests are counted, faults and holds named by it.
	name   string
	method string // "PUT"
	path   string // "/v1/vm-instances/{uuid}/actions"
	// action is the key in the body under which the parameters stand: "cloneVmInstance"; for POST it is "params". It is
	// empty for GET and DELETE, which have no body.
	action string
	// sync operations answer with the result itself, all others with a job.
	sync bool
	// open operations need no session.
	open bool
	// begin checks the call and marks passing states; the effect runs when the job's time is over, or at once where the
	// operation is synchronous. Both hold the world alone. The effect's result is the whole body of the answer, nil is an
	// empty one. A nil effect: begin was all.
	begin func(c *call) (effect effect, failure *errorCode)
}

// effect is what a call does in the end.
type effect func() (any, *errorCode)

// operations are all APIs, in no particular order.
func (s *Server) operations() []operation {
	var all []operation
	for _, part := range [][]operation{
		s.sessionOperations(),
		worldOperations(),
	} {
		all = append(all, part...)
	}

	return all
}

// queries are the reads of one kind of resource: by conditions, and by uuid. Both have one name, "QueryZone". A uuid that
// nothing has is no error: the inventories are empty.
func queries(resource, path string) []operation {
	name := "Query" + resource

	return []operation{
		{name: name, method: http.MethodGet, path: path, sync: true, begin: func(c *call) (effect, *errorCode) {
			return queryRecords(c, resource)
		}},
		{name: name, method: http.MethodGet, path: path + "/{uuid}", sync: true, begin: func(c *call) (effect, *errorCode) {
			c.query = url.Values{"q": {"uuid=" + c.values["uuid"]}}

			return queryRecords(c, resource)
		}},
	}
}
