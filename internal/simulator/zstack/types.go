package zstack

import (
	"net/netip"
	"strings"
	"time"
)

// States and statuses of the infrastructure.
const (
	stateEnabled  = "Enabled"
	stateDisabled = "Disabled"

	statusConnected    = "Connected"
	statusReady        = "Ready"
	statusDeleted      = "Deleted"
	statusDisconnected = "Disconnected"
	// statusNotInstantiated is that of a data volume without a storage.
	statusNotInstantiated = "NotInstantiated"
)

// place is the common part of the objects of the infrastructure.
type place struct {
	resource

	state  string
	status string // empty for a kind without one
}

// zone contains all other objects.
type zone struct{ place }

type cluster struct {
	place

	zone *zone
}

type host struct {
	place

	cluster *cluster
	address string
	cpus    int64
	memory  int64 // bytes
}

// usable reports whether a VM can start on the host.
func (h *host) usable() bool {
	return h.state == stateEnabled && h.status == statusConnected && h.cluster.state == stateEnabled &&
		h.cluster.zone.state == stateEnabled
}

type image struct {
	place

	bytes  int64
	stores []*backupStorage // that hold it
	system bool             // of the platform's own appliances: no VM of a user is made from it
}

// storage is a primary storage.
type storage struct {
	place

	kind     storageKind
	zone     *zone
	clusters []*cluster // that it is attached to
	bytes    int64
}

// network is an L3 network with one range of addresses.
type network struct {
	place

	zone      *zone
	l2        *l2Network
	rangeUUID string // of its range of addresses
	gateway   netip.Addr
	netmask   string
	first     netip.Addr
	count     int64 // addresses in the range
	used      map[netip.Addr]bool
}

// affinityGroup keeps its VMs on different hosts.
type affinityGroup struct {
	place

	zone   *zone
	policy string
}

type nic struct {
	resource

	network  *network
	address  netip.Addr
	mac      string
	deviceID int64
}

type vm struct {
	resource

	holding

	state    vmState
	zone     *zone
	cluster  *cluster // nil until it first runs
	host     *host    // nil unless it takes a host's capacity
	lastHost *host
	image    *image // nil for one that was made without
	offering *instanceOffering
	network  *network // the default one; nil for one that was made without
	cpus     int64
	memory   int64 // bytes
	hotPlug  bool  // the configuration vm.numa
	nics     []*nic
	root     *volume // nil for a VM that is only a record
	volumes  []*volume
	// plan is how the first start builds a VM that is only a record; nil for any other VM.
	plan *clonePlan

	// trashed is when the VM entered the recycle bin.
	trashed time.Time

	// worker is the call whose job works on the VM now, and before is the VM's state before that job.
	worker *call
	before vmState
}

type volume struct {
	resource
	holding // of one that no VM ever had; any other goes with its VM

	kind      volumeKind
	storage   *storage // nil for one that is NotInstantiated
	vm        *vm      // nil for one that is detached
	lastVM    *vm
	image     *image
	offering  *diskOffering // nil without one
	format    string
	state     string
	status    string
	size      int64
	actual    int64
	deviceID  int64
	shareable bool
	trashed   time.Time // when it entered the recycle bin
	// snapshot is the one that the volume was last reverted to.
	snapshot *snapshot
	tree     *snapshotTree // that its next snapshot may join; nil without snapshots, and where each stands alone
}

// volumeKind is a volume's type.
type volumeKind string

const (
	rootVolume   volumeKind = "Root"
	dataVolume   volumeKind = "Data"
	memoryVolume volumeKind = "Memory" // the memory of a snapshot group
)

type snapshot struct {
	resource

	volume  *volume
	storage *storage
	group   *snapshotGroup // nil for a single snapshot
	size    int64

	tree     *snapshotTree
	parent   *snapshot // nil for the first of its tree
	distance int64     // 1 for the first of its tree
	latest   bool      // the parent of the volume's next snapshot
	// references are volumes of other VMs that were made from it and still read from it.
	references []*volume
	// stuck makes its deletion fail.
	stuck bool
}

// snapshotTree holds the snapshots of a volume that depend on one another. Where each snapshot stands alone, each has its own.
type snapshotTree struct {
	resource // without a name

	volume  *volume
	members []*snapshot // by age
	current bool        // the volume's next snapshot may join it
}

type snapshotGroup struct {
	resource

	vm   *vm
	refs []*snapshotRef
}

// snapshotRef is a group's reference to a snapshot. It stays in the group when the snapshot is deleted.
type snapshotRef struct {
	snapshot *snapshot
	deleted  bool
	changed  time.Time
}

type tag struct {
	resource // without a name

	text         string
	system       bool
	inherent     bool // the platform's own
	resourceUUID string
	resourceType string // "VmInstanceVO"
}

// split returns the key and the value of a system tag; the value is empty for a tag that is its key alone.
func (t *tag) split() (key, value string) {
	key, value, _ = strings.Cut(t.text, "::")

	return key, value
}
