package zstack

import (
	"net/http"
	"slices"
)

// strategy says how far a clone call takes its VMs.
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
	Names                           []string `json:"names"`
	Strategy                        strategy `json:"strategy"`
	Full                            bool     `json:"full"`
	RootVolumeSystemTags            []string `json:"rootVolumeSystemTags"`
	DataVolumeSystemTags            []string `json:"dataVolumeSystemTags"`
	PrimaryStorageUUIDForRootVolume string   `json:"primaryStorageUuidForRootVolume"`
	PrimaryStorageUUIDForDataVolume string   `json:"primaryStorageUuidForDataVolume"`
	ClusterUUID                     string   `json:"clusterUuid"`
	HostUUID                        string   `json:"hostUuid"`
}

// clonePlan is how a clone becomes a machine.
type clonePlan struct {
	cluster     *cluster // nil parts leave the choice to the platform
	host        *host
	rootStorage *storage
	dataStorage *storage
	root        volumePlan
	data        []volumePlan
}

// volumePlan is how one volume of a clone is made.
type volumePlan struct {
	kind   volumeKind
	like   *storage // of the source: where the platform puts it when nothing else is said
	image  *image
	name   string // empty: as root volumes are named
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

func cloneOperation() operation {
	return operation{
		name: "CloneVmInstance", method: http.MethodPut, path: "/v1/vm-instances/{uuid}/actions", action: "cloneVmInstance",
		begin: beginClone,
	}
}

// beginClone checks the call and makes a record of every clone. The first of them start at once.
func beginClone(c *call) (effect, *errorCode) {
	w := c.server.world
	params := cloneParams{Strategy: instantStart}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	source, failure := w.vms.find("VmInstance", c.values["uuid"])
	if failure != nil {
		return nil, failure
	}
	plan, failure := w.planClone(c, source, params)
	if failure != nil {
		return nil, failure
	}
	entries := make([]cloneEntry, len(params.Names))
	for i, name := range params.Names {
		v := w.recordClone(c, source, name)
		v.plan, v.worker, v.before = plan, c, vmCreated
		entries[i].vm = v
		if params.Strategy == instantStart && i < startingAtOnce && w.build(v, wish{}) == nil {
			entries[i].built, v.state = true, vmStarting
		}
	}
	c.undo = func() {
		for _, entry := range entries {
			w.discard(c, entry.vm)
		}
	}

	return func() (any, *errorCode) { return finishClone(c, params.Strategy, entries), nil }, nil
}

// recordClone makes the record of a clone.
func (w *world) recordClone(c *call, source *vm, name string) *vm {
	v := w.vms.add(&vm{
		resource: w.newResource(name), state: vmCreated, zone: source.zone, image: source.image, offering: source.offering,
		network: source.network, cpus: source.cpus, memory: source.memory,
	})
	w.addPlatformTags(v)
	for _, text := range c.systemTags {
		w.addTag(tag{text: text, system: true, resourceUUID: v.uuid, resourceType: typeVM})
	}
	for _, text := range c.userTags {
		w.addTag(tag{text: text, resourceUUID: v.uuid, resourceType: typeVM})
	}

	return v
}

// finishClone brings every clone to its end. A clone that fails leaves nothing, and does not disturb the others. Nobody
// promises the order of the entries: it is the reverse of the names here.
func finishClone(c *call, wanted strategy, entries []cloneEntry) any {
	w := c.server.world
	done := 0
	inventories := make([]any, 0, len(entries))
	for _, entry := range entries {
		if failure := finishEntry(c, wanted, entry); failure != nil {
			w.discard(c, entry.vm)
			inventories = append(inventories, map[string]any{"error": failure})

			continue
		}
		done++
		c.made = append(c.made, entry.vm.name)
		inventories = append(inventories, map[string]any{"inventory": w.vmRecord(entry.vm), "started": entry.vm.state == vmRunning})
	}
	slices.Reverse(inventories)

	return map[string]any{"result": map[string]any{"numberOfClonedVm": done, "inventories": inventories}}
}

// discard leaves nothing of a clone that failed, unless somebody else has taken it over.
func (w *world) discard(c *call, v *vm) {
	if v.worker == c {
		w.unbuild(v)
		w.removeVM(v)
	}
}

func finishEntry(c *call, wanted strategy, entry cloneEntry) *errorCode {
	w, v := c.server.world, entry.vm
	if failure := c.stillMine(v); failure != nil {
		return cloneFailed(v, failure)
	}
	if failure := c.entryFault(v.name); failure != nil {
		return failure
	}
	if wanted == justCreate {
		w.settle(v, vmCreated)

		return nil
	}
	if !entry.built {
		if failure := w.build(v, wish{}); failure != nil {
			return cloneFailed(v, failure)
		}
	}
	state := vmRunning
	if wanted == createStopped {
		state = vmStopped
	}
	w.settle(v, state)

	return nil
}

func cloneFailed(v *vm, cause *errorCode) *errorCode {
	return newError(codeVMCreate, "cannot create vm[name:%s], %s", v.name, cause.Details).because(cause)
}
