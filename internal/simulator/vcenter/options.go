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
	// APIVersion is the version of the vim25 API; empty means 8.0.3.0. What a newer one brought is refused: VI/JSON before 8.0.1.0, REST
	// below /api before 7.0.2.0 (the older form below /rest is there), and methods, fields and properties as far as govmomi's types tell.
	APIVersion string
	// RefuseNewerVersions refuses SOAP requests that are written in a newer version of the API. Without it they are read as far as they are
	// understood, so that clients that do not negotiate, as govmomi's, get on with an older server.
	RefuseNewerVersions bool
	// ESXi makes the server say of itself that it is a host of ESXi, not a vCenter, and takes its REST API away.
	ESXi bool
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
