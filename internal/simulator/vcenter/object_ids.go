package vcenter

import (
	"fmt"
	"maps"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// objectIDs gives VMs and snapshots other managed object ids: vCenter does when a VM is registered once more, and hands ids
// out again after it was restored from a backup. What identifies a VM, its instance UUID, stays.
type objectIDs struct {
	inventory  *inventory
	events     *eventLog
	conditions *conditionStore
	specs      *specStore
	guests     *guestStore
	outage     *outage
	tags       *tagStore
	profiles   *profileStore
	fields     *customFields
}

// fresh returns a reference of a VM or a snapshot that was never used.
func (s *objectIDs) fresh(ctx *simulator.Context, kind string) types.ManagedObjectReference {
	var object mo.Reference = &simulator.VirtualMachine{}
	if kind == snapshotType {
		object = &simulator.VirtualMachineSnapshot{}
	}
	ref := s.inventory.registry.Put(object).Reference()
	s.inventory.registry.Remove(ctx, ref)

	return ref
}

const (
	machineType  = "VirtualMachine"
	snapshotType = "VirtualMachineSnapshot"
)

// change gives the objects their new references, everywhere in the inventory. Tasks keep the old ones, and so do events, unless vCenter was
// restored.
func (s *objectIDs) change(ctx *simulator.Context, refs references) {
	var moved []mo.Reference
	for old := range refs {
		if object := s.inventory.registry.Get(old); object != nil {
			moved = append(moved, object)
		}
	}
	for old := range refs {
		s.inventory.registry.Remove(ctx, old)
	}
	for _, object := range moved {
		refs.change().replaceIn(ctx, object)
	}
	for _, object := range s.inventory.registry.AllReference("") {
		if object.Reference().Type != "Task" {
			refs.change().replaceIn(ctx, object)
		}
	}
	for _, object := range moved {
		s.inventory.registry.Put(object)
	}
	s.moveConditions(refs)
	s.inventory.changes.signal()
}

// moveConditions moves what stores know of VMs to their new ids.
func (s *objectIDs) moveConditions(refs references) {
	s.conditions.move(refs)
	s.specs.move(refs)
	s.guests.move(refs)
}

// ofMachine returns the references of a VM and its snapshots, each with a fresh one.
func (s *objectIDs) ofMachine(ctx *simulator.Context, vm types.ManagedObjectReference) references {
	refs := references{vm: s.fresh(ctx, machineType)}
	for _, snapshot := range s.inventory.snapshotsOf(vm) {
		refs[snapshot] = s.fresh(ctx, snapshotType)
	}

	return refs
}

// reregister gives a VM and its snapshots new ids, as when its host leaves the inventory and comes back, and returns the VM's. What vCenter
// keeps by the old id, tags, custom attributes and storage policies, is lost.
func (s *objectIDs) reregister(id string) (string, error) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	if _, ok := s.inventory.vm(vmRef(id)); !ok {
		return "", fmt.Errorf("register VM %s once more: there is no such VM", id)
	}
	ctx := s.inventory.newContext(administrator)
	refs := s.ofMachine(ctx, vmRef(id))
	s.change(ctx, refs)
	if vm, ok := s.inventory.vm(refs[vmRef(id)]); ok {
		s.fields.clear(ctx, vm)
	}

	return refs[vmRef(id)].Value, nil
}

// restore lets ids name other objects, as after vCenter was restored from a backup, after the end of all sessions and tasks. An
// id that an object gets must be free, or that of an object which gets another one.
func (s *objectIDs) restore(ids map[string]string) error {
	s.outage.restart(Restart{AbortTasks: true})
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	refs, taken := references{}, map[types.ManagedObjectReference]bool{}
	for from, to := range ids {
		old, with := machineOrSnapshot(from), machineOrSnapshot(to)
		switch {
		case s.inventory.registry.Get(old) == nil:
			return fmt.Errorf("restore: there is no %s", from)
		case old.Type != with.Type || taken[with]:
			return fmt.Errorf("restore: %s can't become %s", from, to)
		}
		refs[old], taken[with] = with, true
	}
	for old, with := range refs {
		if _, leaves := refs[with]; !leaves && s.inventory.registry.Get(with) != nil {
			return fmt.Errorf("restore: %s can't become %s, which is another object's", old.Value, with.Value)
		}
	}
	ctx := s.inventory.newContext(administrator)
	s.change(ctx, refs)
	s.tags.move(refs)
	s.profiles.move(refs)
	history := references{}
	maps.Copy(history, refs)
	for _, with := range refs {
		// The id belonged to an object that is gone, and that the restored vCenter never had. Its events must not name the new object.
		if _, moves := refs[with]; !moves {
			history[with] = s.fresh(ctx, with.Type)
		}
	}
	s.events.rewrite(ctx, history)

	return nil
}

func machineOrSnapshot(id string) types.ManagedObjectReference {
	if strings.HasPrefix(id, "snapshot-") {
		return refOf(snapshotType, id)
	}

	return vmRef(id)
}
