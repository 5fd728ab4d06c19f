package vspherechaos

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// formerIDs are the ids that objects had, by the id that they have.
type formerIDs struct {
	mu sync.Mutex
	of map[string][]string
}

// get returns the former ids of an object.
func (f *formerIDs) get(id string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()

	return slices.Clone(f.of[id])
}

// move notes that the objects with the ids that are keys got those that are values.
func (f *formerIDs) move(ids map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := maps.Clone(f.of)
	if f.of == nil {
		f.of = map[string][]string{}
	}
	for from := range ids {
		delete(f.of, from)
	}
	for from, to := range ids {
		f.of[to] = append(slices.Clone(before[from]), from)
	}
}

// identities are the faults after which an id does not mean what it meant, or an object can't be read.
func (p *platform) identities() []chaos.Fault {
	return []chaos.Fault{
		chaos.BehindBack("re-registered behind our back", p.moment, p.Objects, p.reregister),
		chaos.BehindBack("inaccessible", p.moment, p.Objects, p.hide),
		p.between("inaccessible before", func(which int) bool {
			all := p.Objects()

			return len(all) > 0 && p.hide(all[which%len(all)]) == nil
		}),
		p.between("vCenter restored before", p.restore),
	}
}

// reregister takes a VM out of the inventory and puts it back: it and its snapshots have other ids then.
func (p *platform) reregister(target chaos.Object) error {
	before, ok := p.vm(target)
	if !ok || before.FaultTolerance != nil {
		return errNotThis
	}
	id, err := p.Reregister(before.ID)
	if err != nil {
		return fmt.Errorf("registering a VM again: %w", err)
	}
	ids := map[string]string{before.ID: id}
	if after, ok := p.vm(chaos.Object{ID: id}); ok && len(after.Snapshots) == len(before.Snapshots) {
		for i, snapshot := range before.Snapshots {
			ids[snapshot.ID] = after.Snapshots[i].ID
		}
	}
	p.moved(ids)

	return nil
}

// moved notes that objects have other ids.
func (p *platform) moved(ids map[string]string) {
	p.former.move(ids)
	p.others.Move(ids)
}

// restore lets the VMs that were made since the beginning exchange their ids, as after vCenter was restored from a backup. A single one
// gets an id that was never used.
func (p *platform) restore(which int) bool {
	var made []string
	for _, vm := range p.VMs() {
		if !p.initial[vm.ID] && vm.FaultTolerance == nil {
			made = append(made, vm.ID)
		}
	}
	if len(made) == 0 {
		return false
	}
	ids := map[string]string{}
	for i, id := range made {
		ids[id] = made[(i+1)%len(made)]
	}
	if len(made) == 1 {
		ids[made[0]] = fmt.Sprintf("vm-%d", 100000+which)
	}
	if p.Restore(ids) != nil {
		return false
	}
	p.moved(ids)

	return true
}

// hide makes a VM's files unreadable, until the platform is calm again.
func (p *platform) hide(target chaos.Object) error {
	vm, ok := p.vm(target)
	if !ok || vm.FaultTolerance != nil {
		return errNotThis
	}

	return p.ChangeVM(vm.ID, vcenter.Change{ConnectionState: new("inaccessible")})
}

// show makes the files of all VMs readable again.
func (p *platform) show() error {
	for _, vm := range p.VMs() {
		if vm.ConnectionState == "connected" {
			continue
		}
		if err := p.ChangeVM(vm.ID, vcenter.Change{ConnectionState: new("connected")}); err != nil {
			return fmt.Errorf("making a VM readable again: %w", err)
		}
	}

	return nil
}
