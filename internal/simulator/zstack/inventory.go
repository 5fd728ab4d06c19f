package zstack

import "sync"

// inventory is everything that the platform manages, in stores by concern. Its lock guards all of them, because one operation
// changes several: a call, a job's effect and the control endpoint hold it while they read or change a store, and never
// while they wait.
//
// Each store depends only on those above it.
type inventory struct {
	mu    sync.Mutex
	clock clock

	infra     *infrastructure // zones, clusters, hosts, images, networks, primary storages, affinity groups
	tags      *tagStore       // tags by resource
	nics      *nicStore       // network interfaces and their addresses
	volumes   *volumeStore    // volumes and their attachments
	snapshots *snapshotStore  // snapshots and snapshot groups
	space     *space          // the free space of primary storages
	vms       *vmStore        // VMs, their states, and the jobs that work on them
	bin       *recycleBin     // the deletion policy
	scheduler *scheduler      // the choice of hosts
	builder   *builder        // hosts, volumes and interfaces for a VM that is only a record
	catalog   *catalog        // all resources as records, by kind
}

// newInventory returns the inventory that a server starts with.
func newInventory(clock clock, options Options) *inventory {
	infra, tags, nics := &infrastructure{}, &tagStore{clock: clock, of: map[string][]*tag{}}, &nicStore{clock: clock}
	volumes := &volumeStore{clock: clock, tags: tags}
	snapshots := &snapshotStore{clock: clock, tags: tags, volumes: volumes, scopes: takesScope(options.Version)}
	space := &space{volumes: volumes, snapshots: snapshots}
	machines := &vmStore{clock: clock, tags: tags, nics: nics, volumes: volumes, snapshots: snapshots}
	scheduler := &scheduler{infra: infra, tags: tags, vms: machines}
	inv := &inventory{
		clock: clock, infra: infra, tags: tags, nics: nics, volumes: volumes, snapshots: snapshots, space: space, vms: machines,
		bin:       &recycleBin{policy: options.DeletionPolicy, clock: clock, vms: machines, volumes: volumes, snapshots: snapshots},
		scheduler: scheduler,
		builder: &builder{
			infra: infra, tags: tags, nics: nics, volumes: volumes, snapshots: snapshots, space: space, scheduler: scheduler,
		},
		catalog: &catalog{
			infra: infra, tags: tags, volumes: volumes, snapshots: snapshots, space: space, vms: machines, scheduler: scheduler,
		},
	}
	inv.populate(options.VMs)

	return inv
}
