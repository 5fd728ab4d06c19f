package vspherechaos

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// Faults implements [chaos.Platform].
func (p *platform) Faults() []chaos.Fault {
	faults := []chaos.Fault{
		p.injected("dropped before the effect", anyCall, func(*rand.Rand) vcenter.Fault {
			return vcenter.Fault{Drop: vcenter.DropBefore}
		}),
		p.injected("dropped after the effect", anyCall, func(*rand.Rand) vcenter.Fault {
			return vcenter.Fault{Drop: vcenter.DropAfter}
		}),
		p.injected("latency", anyCall, func(random *rand.Rand) vcenter.Fault {
			return vcenter.Fault{Delay: time.Duration(1000+random.IntN(5000)) * time.Millisecond}
		}),
		p.injected("429 with Retry-After", anyCall, func(*rand.Rand) vcenter.Fault {
			return vcenter.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Second}
		}),
		p.injected("call refused", anyTask, func(random *rand.Rand) vcenter.Fault {
			return vcenter.Fault{Code: code(random), Message: "the adversary says so"}
		}),
		p.injected("task fails", anyTask, func(random *rand.Rand) vcenter.Fault {
			return vcenter.Fault{Code: code(random), Message: "the adversary says so", Where: vcenter.FaultInTask}
		}),
	}
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		faults = append(faults, p.injected(fmt.Sprintf("status %d", status), anyCall, func(*rand.Rand) vcenter.Fault {
			return vcenter.Fault{Status: status}
		}))
	}
	faults = append(faults, p.taskFaults()...)
	faults = append(faults, p.behind()...)
	faults = append(faults, p.failOvers()...)
	faults = append(faults, p.lookalikes()...)
	faults = append(faults, p.identities()...)
	faults = append(faults, p.restarts())

	return append(faults, chaos.Signals(p.moment)...)
}

// codes are faults and vAPI errors that a task may fail with, of every kind there is. Codes that say that an object is gone or
// exists already are not among them: no client can cope with a platform that says so wrongly.
var codes = []string{
	"CannotAccessVmComponent", "ConcurrentAccess", "CustomizationFault", "FileFault", "FilesystemQuiesceFault",
	"FaultToleranceNotLicensed", "HostNotConnected", "InsufficientResourcesFault", "InvalidArgument", "InvalidDatastore",
	"InvalidName", "InvalidPowerState", "InvalidState", "InvalidVmConfig", "MigrationFault", "NoDiskSpace", "NoPermission",
	"NotSupported", "OutOfBounds", "ResourceInUse", "RuntimeFault", "SnapshotFault", "SystemError", "TaskInProgress", "Timedout",
	"TooManySnapshotLevels", "VmConfigFault", "VmFaultToleranceIssue", "VmToolsUpgradeFault",
	"INTERNAL_SERVER_ERROR", "NOT_ALLOWED_IN_CURRENT_STATE", "RESOURCE_BUSY", "RESOURCE_INACCESSIBLE", "RESOURCE_IN_USE",
	"SERVICE_UNAVAILABLE", "TIMED_OUT", "UNABLE_TO_ALLOCATE_RESOURCE", "UNAUTHORIZED", "UNSUPPORTED",
}

func code(random *rand.Rand) string { return codes[random.IntN(len(codes))] }

// queryMethods are the methods that change nothing.
var queryMethods = []string{
	"WaitForUpdatesEx", "CreateFilter", "CreatePropertyCollector", "POST /api/cis/tasks?action=list", "RetrievePropertiesEx",
	"RetrievePropertiesEx", "Login", "POST /api/session", "RetrieveServiceContent",
}

// anyTask draws a method that starts a task in this phase, or does what a task does.
func anyTask(p *platform, random *rand.Rand, phase chaos.Phase) (string, int) {
	return chaos.AnyOf(random, p.methods[phase])
}

// anyCall draws a method: one that starts a task, a query, or any.
func anyCall(p *platform, random *rand.Rand, phase chaos.Phase) (string, int) {
	return chaos.AnyCall(random, p.methods[phase], queryMethods)
}

// strands reports whether a fault can lose the answer to a login that took effect.
func strands(fault vcenter.Fault) bool {
	logsIn := fault.Method == "" || fault.Method == "Login" || fault.Method == "POST /api/session"

	return logsIn && (fault.Drop == vcenter.DropAfter || fault.Delay > 0)
}

// injected is a fault that the vCenter answers a request with, or that a task ends in. on draws the method, and how many pass first.
func (p *platform) injected(
	name string, on func(p *platform, random *rand.Rand, phase chaos.Phase) (string, int), draw func(*rand.Rand) vcenter.Fault,
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
