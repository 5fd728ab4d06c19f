package zstack

import (
	"net/http"
	"slices"
)

// strategy is the state that a clone call leaves its VMs in.
type strategy string

const (
	instantStart  strategy = "InstantStart"
	createStopped strategy = "CreateStopped"
	justCreate    strategy = "JustCreate"
)

// startingAtOnce is how many clones of one call start when its job does; the others wait as Created.
const startingAtOnce = 2

// cloneParams are the parameters of CloneVmInstance.
type cloneParams struct {
	Names                           []string    `json:"names"`
	Strategy                        strategy    `json:"strategy"`
	Full                            bool        `json:"full"`
	RootVolumeSystemTags            []string    `json:"rootVolumeSystemTags"`
	DataVolumeSystemTags            []string    `json:"dataVolumeSystemTags"`
	PrimaryStorageUUIDForRootVolume string      `json:"primaryStorageUuidForRootVolume"`
	PrimaryStorageUUIDForDataVolume string      `json:"primaryStorageUuidForDataVolume"`
	ClusterUUID                     string      `json:"clusterUuid"`
	HostUUID                        string      `json:"hostUuid"`
	VMNICParams                     []nicParams `json:"vmNicParams"`
}

// clonePlan is how a new VM is built.
type clonePlan struct {
	cluster     *cluster // nil parts leave the choice to the platform
	host        *host
	rootStorage *storage
	dataStorage *storage
	root        volumePlan
	data        []volumePlan
	nics        []nicPlan
	network     *network // the default one
}

// volumePlan is how one volume of a clone is created.
type volumePlan struct {
	kind   volumeKind
	like   *storage // of the source, nil without one: the platform's first choice
	image  *image
	name   string // empty for the root volume
	format string
	size   int64
	actual int64
	tags   []string
}

// cloneEntry is one clone of a call.
type cloneEntry struct {
	vm    *vm
	built bool
}

// cloneAPI is the API of clones.
type cloneAPI struct {
	infra   *infrastructure
	tags    *tagStore
	vms     *vmStore
	builder *builder
	faults  *faultStore
}

func (a cloneAPI) operations() []operation {
	return []operation{{
		name: "CloneVmInstance", method: http.MethodPut, path: "/v1/vm-instances/{uuid}/actions", action: "cloneVmInstance",
		begin: a.clone,
	}}
}

// clone is CloneVmInstance. It checks the call and creates a record of every clone. The first of them start at once.
func (a cloneAPI) clone(c *call) (effect, *errorCode) {
	params := cloneParams{Strategy: instantStart}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	source, failure := a.vms.find("VmInstance", c.values["uuid"])
	if failure != nil {
		return nil, failure
	}
	plan, failure := a.plan(c, source, params)
	if failure != nil {
		return nil, failure
	}
	entries := make([]cloneEntry, len(params.Names))
	for i, name := range params.Names {
		v := a.adopt(c, a.vms.createRecord(name, source), plan)
		entries[i].vm = v
		if params.Strategy == instantStart && i < startingAtOnce && a.builder.build(v, requirements{}) == nil {
			entries[i].built, v.state = true, vmStarting
		}
	}
	c.undo = func() {
		for _, entry := range entries {
			a.discard(c, entry.vm)
		}
	}

	return func() (any, *errorCode) { return a.finish(c, params.Strategy, entries), nil }, nil
}

// adopt gives a new record the call's tags, account and plan.
func (a cloneAPI) adopt(c *call, v *vm, plan *clonePlan) *vm {
	a.tags.createAll(typeVM, v.uuid, true, c.systemTags)
	a.tags.createAll(typeVM, v.uuid, false, c.userTags)
	v.network, v.plan, v.worker, v.before, v.owner = plan.network, plan, c, vmCreated, c.session.account

	return v
}

// finish ends every clone of a call. A clone that fails leaves nothing, and does not affect the others. The platform does not
// promise the order of the entries: here it is the reverse of the names.
func (a cloneAPI) finish(c *call, wanted strategy, entries []cloneEntry) any {
	done := 0
	inventories := make([]any, 0, len(entries))
	for _, entry := range entries {
		if failure := a.finishEntry(c, wanted, entry); failure != nil {
			a.discard(c, entry.vm)
			inventories = append(inventories, map[string]any{"error": failure})

			continue
		}
		done++
		c.created = append(c.created, entry.vm.name)
		inventories = append(inventories, map[string]any{"inventory": vmRecord(entry.vm), "started": entry.vm.state == vmRunning})
	}
	slices.Reverse(inventories)

	return map[string]any{"result": map[string]any{"numberOfClonedVm": done, "inventories": inventories}}
}

// discard removes a clone that failed, unless another call has taken it over.
func (a cloneAPI) discard(c *call, v *vm) {
	if v.worker == c {
		a.builder.removeVolumes(v)
		a.vms.remove(v)
	}
}

// finishEntry builds a clone where that is still to do, and sets its final state.
func (a cloneAPI) finishEntry(c *call, wanted strategy, entry cloneEntry) *errorCode {
	v := entry.vm
	if failure := a.vms.checkWorker(c, v); failure != nil {
		return cloneFailed(v, failure)
	}
	if failure := a.faults.takeEntryFault(c.operation.name, v.name); failure != nil {
		return failure
	}
	if wanted == justCreate {
		a.vms.settle(v, vmCreated)

		return nil
	}
	if !entry.built {
		if failure := a.builder.build(v, requirements{}); failure != nil {
			return cloneFailed(v, failure)
		}
	}
	state := vmRunning
	if wanted == createStopped {
		state = vmStopped
	}
	a.vms.settle(v, state)

	return nil
}

func cloneFailed(v *vm, cause *errorCode) *errorCode {
	return newError(codeVMCreate, "cannot create vm[name:%s], %s", v.name, cause.Details).because(cause)
}
