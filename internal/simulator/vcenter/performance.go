package vcenter

import (
	"time"

	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// mostSamples is how many samples of a counter one query brings: a day, of one a minute. vCenter keeps the samples of 20 seconds for an hour.
	mostSamples = 1440
	// statisticsKept is how long vCenter keeps statistics.
	statisticsKept = 365 * 24 * time.Hour
)

// performance answers queries of statistics.
type performance struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *performance) methods() map[string]method {
	return map[string]method{"PerformanceManager.QueryPerf": {direct: s.queryPerf}}
}

// queryPerf answers QueryPerf: govmomi's answer, but for the number of samples and for times, which have no limit there. A query since 1970
// takes minutes, and XML has no time before the year 1.
func (s *performance) queryPerf(c *call) soap.HasFault {
	req := *bodyOf[types.QueryPerf](c)
	req.QuerySpec = append([]types.PerfQuerySpec(nil), req.QuerySpec...)
	for i := range req.QuerySpec {
		if p := limitQuery(&req.QuerySpec[i], time.Now()); p != nil {
			return p.body()
		}
	}
	result, _, p := s.stock.invoke(c.ctx, c.this, c.method, &req)
	if p != nil {
		return p.body()
	}

	return result
}

// limitQuery limits a query to the samples that vCenter has.
func limitQuery(spec *types.PerfQuerySpec, now time.Time) *problem {
	if spec.IntervalId < -1 {
		return invalidArgument("querySpec.intervalId", "There is no interval of %d seconds.", spec.IntervalId)
	}
	if spec.MaxSample <= 0 || spec.MaxSample > mostSamples {
		spec.MaxSample = mostSamples
	}
	start, end := now.Add(-statisticsKept), now
	if spec.StartTime != nil && spec.StartTime.After(start) {
		start = *spec.StartTime
	}
	if spec.EndTime != nil && spec.EndTime.Before(end) {
		end = *spec.EndTime
	}
	if end.Before(start) {
		return invalidArgument("querySpec.endTime", "There are no samples of that time.")
	}
	spec.StartTime, spec.EndTime = &start, &end

	return nil
}
