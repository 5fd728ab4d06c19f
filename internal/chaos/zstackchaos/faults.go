package zstackchaos

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// Faults implements [chaos.Platform].
func (p *platform) Faults() []chaos.Fault {
	faults := []chaos.Fault{
		p.injected("dropped before the effect", anyCall, func(*rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Drop: zstacksim.DropBefore}
		}),
		p.injected("dropped after the effect", anyCall, func(*rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Drop: zstacksim.DropAfter}
		}),
		p.injected("latency", anyCall, func(random *rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Delay: time.Duration(1000+random.IntN(5000)) * time.Millisecond}
		}),
		p.injected("429 with Retry-After", anyCall, func(*rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Second}
		}),
		p.injected("call refused", anyJob, func(random *rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Code: code(random), Message: "the adversary says so"}
		}),
		p.injected("job fails", anyJob, func(random *rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Code: code(random), Message: "the adversary says so", Where: zstacksim.FaultInTask}
		}),
		p.injected("one clone of a call fails", cloning, func(random *rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{
				Code: "VM.1000", Message: "the adversary says so", Where: zstacksim.FaultInEntry,
				Causes: []zstacksim.FaultCause{{Code: code(random), Message: "for no reason"}},
			}
		}),
	}
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		faults = append(faults, p.injected(fmt.Sprintf("status %d", status), anyCall, func(*rand.Rand) zstacksim.Fault {
			return zstacksim.Fault{Status: status}
		}))
	}
	faults = append(faults, p.jobFaults()...)
	faults = append(faults, p.behind()...)
	faults = append(faults, p.restarts(), p.expiry())
	faults = append(faults, p.lookalikes()...)

	return append(faults, chaos.Signals(p.moment)...)
}

// codes are the platform's, of every kind there is. SYS.1003 and ID.1001 are not among them: no client can cope with a platform that
// says wrongly that an object or a session is gone. Sessions really expire instead.
var codes = []string{
	"SYS.1000", "SYS.1001", "SYS.1006", "SYS.1007", "SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012", "ID.1002", "ID.1003",
	"VM.1000", "VM.1001", "VM.1002", "VM.1003", "VM.1004", "VM.1005", "VM.1010", "HOST_ALLOCATION.1000", "PS.1000", "L3.1000",
}

func code(random *rand.Rand) string { return codes[random.IntN(len(codes))] }

// queryMethods are the methods that change nothing.
var queryMethods = []string{
	"QueryApiJob", "QueryApiJob", "QueryVmInstance", "QueryVmInstance", "QueryVolume", "QueryVolumeSnapshotGroup", "QuerySystemTag",
	"QueryUserTag", "LogInByAccount", "LogOut",
}

// anyJob draws a method that starts a job in this phase.
func anyJob(p *platform, random *rand.Rand, phase chaos.Phase) (string, int) {
	return chaos.AnyOf(random, p.methods[phase])
}

// cloning is the clone, whatever the phase.
func cloning(_ *platform, random *rand.Rand, _ chaos.Phase) (string, int) {
	return cloneMethod, random.IntN(2) * random.IntN(2)
}

// anyCall draws a method: one that starts a job, a query, or any.
func anyCall(p *platform, random *rand.Rand, phase chaos.Phase) (string, int) {
	return chaos.AnyCall(random, p.methods[phase], queryMethods)
}

// strands reports whether a fault can lose the answer to a login that took effect.
func strands(fault zstacksim.Fault) bool {
	logsIn := fault.Method == "" || fault.Method == "LogInByAccount"

	return logsIn && (fault.Drop == zstacksim.DropAfter || fault.Delay > 0)
}

// injected is a fault that the platform answers a request with, or that a job or an entry ends in. on draws the method, and how many
// pass first.
func (p *platform) injected(
	name string, on func(p *platform, random *rand.Rand, phase chaos.Phase) (string, int), draw func(*rand.Rand) zstacksim.Fault,
) chaos.Fault {
	return chaos.Fault{Name: name, Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		fault := draw(random)
		fault.Method, fault.Skip = on(p, random, phase)
		fault.Times = 1 + random.IntN(2)*random.IntN(3)

		return chaos.Injection{
			Code: fault.Code, Method: fault.Method, Times: fault.Times, Skip: fault.Skip, Inject: func() { p.Inject(fault) },
			Strands: strands(fault),
		}.Strike(p.Struck)
	}}
}
