package vcenter

import "time"

const defaultVMs = 20

// Options configures a server. The zero value is useful: TLS on a free port of the loopback interface,
// 20 VMs, tasks without delay.
type Options struct {
	// Address is the host and port to listen on; empty means a free port of the loopback interface.
	Address string
	// VMs counts the VMs in /DC0/vm, besides the template; 0 means 20 and a negative number none.
	VMs int
	// TaskDuration is how long a task shows progress before it takes effect.
	TaskDuration time.Duration
	// Latency delays every request, except those to the control endpoint.
	Latency time.Duration
	// APIVersion is the version of the vim25 API; empty means 8.0.3.0. Features of newer ones are refused: VI/JSON before
	// 8.0.1.0, metro cluster pairs before 8.0.3.0.
	APIVersion string
	// Datacenters counts the datacenters; 0 means one. Each further one, DC1 …, has what DC0 has but its VMs, and datastores that are
	// named after it: DC1_LocalDS_0.
	Datacenters int
	// StandaloneHosts counts the hosts outside of clusters in each datacenter: DC0_H0 …
	StandaloneHosts int
	// ConcurrentInstantClones lets several instant clones of one source run at a time. Without it the second gets
	// TaskInProgress, as every other task does that meets one on its VM. AllowConcurrentInstantClones changes it later.
	ConcurrentInstantClones bool
	// StrictTaskList refuses a list of REST tasks as a whole, with INVALID_ARGUMENT, when it names one that is not known (any more): VMware's
	// reference of the list has that error and no NOT_FOUND. Without it such a task is absent from the answer.
	StrictTaskList bool
	// DoublyEscapedSnapshots escapes the names of snapshots once more than other names, as has been seen of ones that were taken in the vSphere
	// Client: "a/b" is kept and read as a%252fb.
	DoublyEscapedSnapshots bool
	// InsecureHTTP serves plain HTTP.
	InsecureHTTP bool
}

func (o Options) withDefaults() Options {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.APIVersion == "" {
		o.APIVersion = defaultAPI
	}
	if o.Datacenters == 0 {
		o.Datacenters = 1
	}
	if o.VMs == 0 {
		o.VMs = defaultVMs
	}

	return o
}
