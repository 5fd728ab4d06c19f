package chaos

import (
	"sync/atomic"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Traffic knows whether a simulator is still working on requests. A request whose client was killed may take effect later.
type Traffic struct {
	came     func() serving.RequestCounts
	answered atomic.Int64
}

// NewTraffic follows the requests of a simulator, which has served none yet. Its counts must not be reset.
func NewTraffic(server interface {
	Requests() serving.RequestCounts
	TraceRequests(tell func(serving.Exchange))
},
) *Traffic {
	t := &Traffic{came: server.Requests}
	server.TraceRequests(func(serving.Exchange) { t.answered.Add(1) })

	return t
}

// InProgress reports whether a request has no answer yet.
func (t *Traffic) InProgress() bool {
	answered := t.answered.Load() // read first: more requests may come meanwhile, and be answered

	return int64(t.came().Total) > answered
}
