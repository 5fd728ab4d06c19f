package vcenter

import (
	"maps"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// cloneRequest is a clone in the terms of either API.
type cloneRequest struct {
	source        types.ManagedObjectReference
	name          string // literal
	placement     placement
	remove        []int32                                // disk keys of the source
	update        map[int32]types.ManagedObjectReference // disk key of the source → datastore
	powerOn       bool
	poweredOn     types.ManagedObjectReference // what the privilege to power it on is needed on; none: the folder, as the new VM does not exist yet
	template      bool
	rest          bool                         // by the REST API, which knows no templates
	snapshot      types.ManagedObjectReference // the point to clone; none: as the source is now
	moves         diskMoves
	tpmPolicy     string // empty: copy
	customization *types.CustomizationSpec
	specName      string
	backings      map[int32]*diskLink                             // disk key of the source → how its file is made
	config        *types.VirtualMachineConfigSpec                 // what vim25 callers change
	devices       []types.BaseVirtualDeviceConfigSpec             // changes of devices by config
	profiles      map[int32][]types.BaseVirtualMachineProfileSpec // key of a disk, or home → its storage policy
	moved         []types.BaseVirtualDeviceConfigSpec             // changes of devices by the location
	crypto        types.BaseCryptoSpec                            // how the configuration files are encrypted
	diskCrypto    map[int32]types.BaseCryptoSpec                  // and the disks, by key of the source
	user          string
	rules         placementRules
}

// clonePlan is a clone whose arguments are valid.
type clonePlan struct {
	cloneRequest
	original *simulator.VirtualMachine
	// from is what is cloned: the source's configuration, or that of its snapshot.
	from *types.VirtualMachineConfigInfo
	// disks gives the datastore of each disk that is copied.
	disks map[int32]types.ManagedObjectReference
}

// cloner clones VMs, for both APIs.
type cloner struct {
	inventory *inventory
	stock     *stockMethods
	storage   *storage
	placer    *placer
	events    *eventLog
	users     *userStore
	specs     *specStore
	guests    *guestStore
	power     *powerStates
	vms       *vmStore

	reconfigurer *reconfigurer
	profiles     *profileStore
}

// methods returns the vim25 methods that this store answers.
func (s *cloner) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.CloneVM_Task":         {task: s.planCloneVM},
		"VirtualMachine.MarkAsVirtualMachine": {direct: s.markAsVirtualMachine},
	}
}

// planClone checks a clone against the inventory as it stands.
func (s *cloner) planClone(request cloneRequest) (clonePlan, *problem) {
	plan := clonePlan{cloneRequest: request}
	if p := checkLiteralName(request.name); p != nil {
		return plan, p
	}
	source, ok := s.inventory.vm(request.source)
	if !ok || request.rest && source.Config.Template {
		return plan, notFound(request.source)
	}
	plan.original = source
	if p := s.planPoint(&plan); p != nil {
		return plan, p
	}
	if isSecondary(source) {
		return plan, onSecondary(source)
	}
	if p := s.planPlacement(&plan); p != nil {
		return plan, p
	}
	if p := s.mayClone(plan); p != nil {
		return plan, p
	}
	if p := checkConnected(source); p != nil {
		return plan, p
	}
	if p := s.checkMoves(plan); p != nil {
		return plan, p
	}
	for _, wanted := range plan.profiles {
		if p := s.profiles.checkProfile("spec.location.profile", wanted); p != nil {
			return plan, p
		}
	}
	if p := s.checkTPMPolicy(plan); p != nil {
		return plan, p
	}
	if p := s.checkCrypto(plan); p != nil {
		return plan, p
	}

	return plan, s.placer.checkSpace(plan.placement.host, plan.needed())
}

func (s *cloner) planPlacement(plan *clonePlan) *problem {
	if p := s.planDisks(plan); p != nil {
		return p
	}
	current := s.placer.placementOf(plan.original)
	wanted := &plan.placement
	if plan.template && wanted.pool.Value == "" && wanted.cluster.Value == "" && wanted.host.Value == "" {
		wanted.cluster = s.inventory.owner(current.host) // a template made from a template needs a host, but no pool
	}
	complete, p := s.placer.complete(plan.placement, current, plan.rules)
	if p != nil {
		return p
	}
	plan.placement = complete
	if folder, ok := s.inventory.registry.Get(complete.folder).(*simulator.Folder); !ok || !allowsChild(folder, "VirtualMachine") {
		return invalidArgument("placement.folder", "Folder %s holds no virtual machines.", complete.folder.Value)
	}
	plan.disks = map[int32]types.ManagedObjectReference{}
	for _, disk := range disksIn(plan.from) {
		if slices.Contains(plan.remove, disk.Key) {
			continue
		}
		target, named := plan.update[disk.Key]
		if !named {
			target = complete.datastore
		}
		plan.disks[disk.Key] = target
	}

	return nil
}

// planDisks refuses keys that the source does not have, keys in both lists, and unknown datastores.
func (s *cloner) planDisks(plan *clonePlan) *problem {
	keys := map[int32]bool{}
	for _, disk := range disksIn(plan.from) {
		keys[disk.Key] = true
	}
	for _, key := range plan.remove {
		if !keys[key] {
			return invalidArgument("disks_to_remove", "The source has no disk %d.", key)
		}
		if _, both := plan.update[key]; both {
			return invalidArgument("disks_to_update", "Disk %d is in disks_to_remove and in disks_to_update.", key)
		}
	}
	for key, datastore := range plan.update {
		if !keys[key] {
			return invalidArgument("disks_to_update", "The source has no disk %d.", key)
		}
		if !isA[*simulator.Datastore](s.inventory.registry.Get(datastore)) {
			return notFound(datastore)
		}
	}

	return nil
}

// checkFree refuses a name that is taken.
func (s *cloner) checkFree(plan clonePlan) *problem {
	return s.inventory.checkFree(plan.placement.folder, escapeName(plan.name), types.ManagedObjectReference{})
}

// mayClone refuses a user without one of the privileges that the clone, its changes of the configuration and its power-on need.
func (s *cloner) mayClone(plan clonePlan) *problem {
	needs := []need{
		{plan.provisioning(), plan.source},
		{privilegeCreateFrom, plan.placement.folder},
		{privilegeAllocateSpace, plan.placement.datastore},
	}
	if !plan.template {
		needs = append(needs, need{privilegeAssignPool, plan.placement.pool})
	}
	if plan.customization != nil && !plan.template {
		needs = append(needs, need{privilegeCustomize, plan.source})
	}
	if plan.from.KeyId != nil {
		needs = append(needs, need{privilegeCloneEncrypted, plan.source})
	}
	if _, encrypts := newKey(plan.crypto); encrypts {
		needs = append(needs, need{privilegeEncryptNew, plan.placement.folder})
		if plan.from.KeyId == nil { // else the changes of the configuration need it already
			needs = append(needs, addsToEncrypted(plan.devices)...)
		}
	}
	for _, datastore := range plan.disks {
		needs = append(needs, need{privilegeAllocateSpace, datastore})
	}
	if plan.powerOn && !plan.template {
		needs = append(needs, need{privilegePowerOn, plan.poweredOn})
	}
	needs = append(needs, s.configNeeds(plan)...)
	needs = append(needs, s.profiles.needs(slices.Collect(maps.Values(plan.profiles))...)...)

	return s.users.requireAll(plan.user, plan.placement.folder, needs)
}

// configNeeds returns the privileges for what is changed along with a clone. They are needed on the folder that the clone comes into.
func (s *cloner) configNeeds(plan clonePlan) []need {
	var needs []need
	for _, change := range plan.moved {
		needs = append(needs, s.reconfigurer.networkNeeds(plan.from, change.GetVirtualDeviceConfigSpec())...)
	}
	if plan.config == nil {
		return needs
	}
	changes := *plan.config
	changes.Name, changes.DeviceChange = "", plan.devices

	return append(needs, s.reconfigurer.needs(plan.from, changes, changes.Annotation != "")...)
}

// provisioning is the privilege on the source.
func (p *clonePlan) provisioning() string {
	switch {
	case p.original.Config.Template && p.template:
		return privilegeCloneTemplate
	case p.original.Config.Template:
		return privilegeDeploy
	case p.template:
		return privilegeToTemplate
	default:
		return privilegeClone
	}
}

// needed returns the bytes that the clone takes on each datastore.
func (p *clonePlan) needed() map[types.ManagedObjectReference]int64 {
	needed := map[types.ManagedObjectReference]int64{p.placement.datastore: 0}
	for _, disk := range disksIn(p.from) {
		if datastore, copied := p.disks[disk.Key]; copied && p.parentOf(disk) == nil {
			needed[datastore] += disk.CapacityInBytes
		}
	}

	return needed
}

// beingCloned writes the event that vCenter writes when a clone starts. That of a template's deployment is about the new VM: see cloned.
func (s *cloner) beingCloned(ctx *simulator.Context, plan clonePlan) {
	if plan.deploys() {
		return
	}
	s.events.post(ctx, &types.VmBeingClonedEvent{
		VmCloneEvent: types.VmCloneEvent{VmEvent: s.events.vmEvent(plan.original)},
		DestFolder:   s.events.folderArgument(plan.placement.folder),
		DestName:     escapeName(plan.name),
		DestHost:     s.events.hostArgument(plan.placement.host),
	})
}

// cloneEffect returns the effect of the clone's task: it repeats all checks and creates the VM.
func (s *cloner) cloneEffect(request cloneRequest) effect {
	return func(ctx *simulator.Context) (types.AnyType, *problem) {
		plan, p := s.planClone(request)
		if p == nil {
			p = s.checkFree(plan)
		}
		if p != nil {
			return nil, p
		}
		ref, p := s.createClone(ctx, plan)
		if p != nil {
			return nil, p
		}
		if p := s.finishClone(ctx, plan, ref); p != nil {
			_ = s.power.setPower(ctx, ref, poweredOff)
			_ = s.vms.destroy(ctx, ref)

			return nil, p
		}

		return ref, nil
	}
}
