package vcenter

import (
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// mostSamples is how many samples of a counter one query brings: a day, of one a minute. vCenter keeps the samples of 20 seconds for an hour.
const mostSamples = 1440

// performance answers queries of statistics.
type performance struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *performance) methods() map[string]method {
	return map[string]method{"PerformanceManager.QueryPerf": {direct: s.queryPerf}}
}

// queryPerf answers QueryPerf: govmomi's answer, but for the number of samples, which has no limit there: a query since 1970 takes minutes.
func (s *performance) queryPerf(c *call) soap.HasFault {
	req := *bodyOf[types.QueryPerf](c)
	req.QuerySpec = append([]types.PerfQuerySpec(nil), req.QuerySpec...)
	for i := range req.QuerySpec {
		if spec := &req.QuerySpec[i]; spec.MaxSample <= 0 || spec.MaxSample > mostSamples {
			spec.MaxSample = mostSamples
		}
	}
	result, _, p := s.stock.invoke(c.ctx, c.this, c.method, &req)
	if p != nil {
		return p.body()
	}

	return result
}
