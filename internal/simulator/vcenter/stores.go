package vcenter

import (
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// stores are the parts that a server is made of. Each takes what it needs from those that are created before it, and
// knows neither the server nor this list.
type stores struct {
	requests *serving.RequestCounter
	faults   *faultStore

	inventory  *inventory
	stock      *stockMethods
	events     *eventLog
	storage    *storage
	placer     *placer
	conditions *conditionStore

	users         *userStore
	authorization *authorization
	specs         *specStore
	collectors    *collectorStore
	sessions      *sessionStore
	tasks         *taskStore
	outage        *outage

	guests        *guestStore
	power         *powerStates
	multiPower    *multiPower
	vms           *vmStore
	reconfigurer  *reconfigurer
	clones        *cloner
	instantClones *instantCloner
	relocations   *relocator
	checker       *provisioningChecker
	snapshots     *snapshotStore
	profiles      *profileStore
	tags          *tagStore
	fields        *customFields
	storageDRS    *storageDRS

	clusters *clusterStore
	drs      *drsStore
	ftRules  *ftRules
	ft       *ftStore

	ids       *objectIDs
	registrar *registrar

	view    *inventoryView
	editor  *editor
	initial *initialInventory

	vim  *vimAPI
	json *jsonAPI
	rest *restAPI
}

// newStores creates the parts on an inventory without VMs.
func newStores(options Options) (*stores, error) {
	inventory, err := newInventory(options)
	if err != nil {
		return nil, err
	}
	s := &stores{
		requests: &serving.RequestCounter{}, faults: &faultStore{}, inventory: inventory, conditions: &conditionStore{}, users: &userStore{},
	}
	s.stock = &stockMethods{inventory: inventory}
	s.events = &eventLog{inventory: inventory}
	s.storage = &storage{inventory: inventory}
	s.placer = &placer{inventory: inventory}
	s.authorization = &authorization{inventory: inventory, users: s.users}
	s.specs = &specStore{inventory: inventory}
	s.collectors = &collectorStore{inventory: inventory, conditions: s.conditions, lifetime: inventory.lifetime}
	s.sessions = &sessionStore{inventory: inventory, collectors: s.collectors}
	s.tasks = &taskStore{
		inventory: inventory, events: s.events, lifetime: inventory.lifetime, conditions: s.conditions, faults: s.faults, duration: options.TaskDuration,
	}
	s.outage = &outage{tasks: s.tasks, sessions: s.sessions}
	addMachines(s)
	s.instantClones.concurrent.Store(options.ConcurrentInstantClones)
	s.snapshots.doublyEscaped = options.DoublyEscapedSnapshots
	addFaultTolerance(s)
	s.ids = &objectIDs{
		inventory: inventory, events: s.events, conditions: s.conditions, specs: s.specs, guests: s.guests, outage: s.outage,
		tags: s.tags, profiles: s.profiles, fields: s.fields,
	}
	s.registrar = &registrar{
		inventory: inventory, stock: s.stock, events: s.events, placer: s.placer, vms: s.vms, ids: s.ids, fields: s.fields, ft: s.ft,
	}
	s.view = &inventoryView{inventory: inventory, specs: s.specs, tags: s.tags, profiles: s.profiles}
	s.editor = &editor{
		inventory: inventory, storage: s.storage, placer: s.placer, conditions: s.conditions, guests: s.guests, power: s.power,
		vms: s.vms, relocations: s.relocations,
	}
	s.initial = &initialInventory{
		inventory: inventory, storage: s.storage, vms: s.vms, power: s.power, guests: s.guests, users: s.users, specs: s.specs,
		count: options.VMs,
	}
	addAPIs(s, options)
	newDatastoreBrowsers(inventory)
	inventory.registry.AddHandler(&observer{
		Self:    types.ManagedObjectReference{Type: "VmforkObserver", Value: "observer"},
		changes: &inventory.changes, nested: &s.stock.nested,
	})

	return s, nil
}

// addMachines creates the stores that work on VMs, their snapshots, tags and custom attributes.
func addMachines(s *stores) {
	s.guests = &guestStore{inventory: s.inventory}
	s.power = &powerStates{inventory: s.inventory, stock: s.stock, guests: s.guests}
	s.multiPower = &multiPower{inventory: s.inventory, users: s.users, tasks: s.tasks, power: s.power}
	s.vms = &vmStore{
		inventory: s.inventory, stock: s.stock, storage: s.storage, events: s.events, specs: s.specs, conditions: s.conditions,
	}
	s.profiles = &profileStore{inventory: s.inventory, users: s.users}
	s.reconfigurer = &reconfigurer{
		profiles:  s.profiles,
		inventory: s.inventory, stock: s.stock, storage: s.storage, placer: s.placer, users: s.users, vms: s.vms,
	}
	s.clones = &cloner{
		inventory: s.inventory, stock: s.stock, storage: s.storage, placer: s.placer, events: s.events, users: s.users, specs: s.specs,
		guests: s.guests, power: s.power, vms: s.vms, reconfigurer: s.reconfigurer, profiles: s.profiles,
	}
	s.instantClones = &instantCloner{
		inventory: s.inventory, stock: s.stock, storage: s.storage, placer: s.placer, events: s.events, tasks: s.tasks,
		guests: s.guests, power: s.power, vms: s.vms, clones: s.clones,
	}
	s.relocations = &relocator{
		inventory: s.inventory, stock: s.stock, storage: s.storage, placer: s.placer, events: s.events, users: s.users, vms: s.vms,
		devices: s.reconfigurer,
	}
	s.checker = &provisioningChecker{
		inventory: s.inventory, clones: s.clones, instantClones: s.instantClones, relocations: s.relocations,
	}
	s.snapshots = &snapshotStore{
		inventory: s.inventory, storage: s.storage, placer: s.placer, conditions: s.conditions, tasks: s.tasks,
		power: s.power, vms: s.vms,
	}
	s.storageDRS = &storageDRS{inventory: s.inventory, stock: s.stock, clones: s.clones, relocator: s.relocations, users: s.users}
	s.fields = &customFields{inventory: s.inventory, stock: s.stock, users: s.users}
	s.tags = &tagStore{inventory: s.inventory, attached: map[types.ManagedObjectReference][]string{}}
}

// addFaultTolerance creates the stores of fault tolerance, and registers guests and pairs as followers of power.
func addFaultTolerance(s *stores) {
	s.clusters = &clusterStore{inventory: s.inventory, stock: s.stock}
	s.drs = &drsStore{inventory: s.inventory}
	s.ftRules = &ftRules{
		inventory: s.inventory, storage: s.storage, placer: s.placer, users: s.users, clusters: s.clusters,
	}
	s.ft = &ftStore{
		inventory: s.inventory, storage: s.storage, placer: s.placer, events: s.events, faults: s.faults, tasks: s.tasks,
		guests: s.guests, power: s.power, vms: s.vms, clones: s.clones, drs: s.drs, ftRules: s.ftRules,
	}
	s.power.followers = []powerFollower{s.guests, s.ft}
	s.vms.pairs = s.ft
}

// addAPIs creates the three forms in which clients speak to the server.
func addAPIs(s *stores, options Options) {
	s.vim = &vimAPI{
		inventory: s.inventory, stock: s.stock, users: s.users, tasks: s.tasks, ftRules: s.ftRules, methods: mergeMethods(methodTables(s)),
		version: options.APIVersion, refuseNewer: options.RefuseNewerVersions,
	}
	s.json = &jsonAPI{inventory: s.inventory, vim: s.vim}
	s.rest = &restAPI{
		inventory: s.inventory, lifetime: s.inventory.lifetime, users: s.users, sessions: s.sessions, tasks: s.tasks,
		specs: s.specs, conditions: s.conditions, power: s.power, vms: s.vms, clones: s.clones, ftRules: s.ftRules, tags: s.tags,
		strictTasks: options.StrictTaskList,
	}
	s.rest.routes = s.rest.routeTable()
}
