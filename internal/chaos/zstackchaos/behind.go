package zstackchaos

import (
	"context"
	"errors"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// errNotThis says that the change does not apply to this object.
var errNotThis = errors.New("not to this object")

// behind lists the changes that are made to objects outside Terraform.
func (p *platform) behind() []chaos.Fault {
	behindBack := func(name string, act func(object chaos.Object) error) chaos.Fault {
		return chaos.BehindBack(name, p.moment, p.Objects, act)
	}

	return []chaos.Fault{
		behindBack("renamed behind our back", p.rename),
		behindBack("powered behind our back", p.power),
		behindBack("destroyed behind our back", p.destroy),
		behindBack("removed behind our back", p.remove),
		behindBack("tagged behind our back", p.tag),
	}
}

// vm returns the VM that an object is; false for others.
func (p *platform) vm(object chaos.Object) (zstacksim.VM, bool) {
	for _, vm := range p.VMs() {
		if vm.UUID == object.ID {
			return vm, true
		}
	}

	return zstacksim.VM{}, false
}

// group returns the snapshot group that an object is; false for others.
func (p *platform) group(object chaos.Object) (zstacksim.SnapshotGroup, bool) {
	for _, group := range p.SnapshotGroups() {
		if group.UUID == object.ID {
			return group, true
		}
	}

	return zstacksim.SnapshotGroup{}, false
}

// byHand is the suffix that a rename outside Terraform adds.
const byHand = " by hand"

// given is the name that an object had before it was renamed outside Terraform.
func given(name string) string { return strings.ReplaceAll(name, byHand, "") }

func (p *platform) rename(object chaos.Object) error {
	if vm, ok := p.vm(object); ok {
		return p.ChangeVM(object.ID, zstacksim.Change{Name: new(vm.Name + byHand)})
	}
	group, ok := p.group(object)
	if !ok {
		return errNotThis
	}

	return p.ChangeSnapshotGroup(object.ID, new(group.Name+byHand), nil)
}

func (p *platform) power(object chaos.Object) error {
	vm, ok := p.vm(object)
	switch {
	case ok && vm.State == "Running":
		return p.ChangeVM(object.ID, zstacksim.Change{State: new("Stopped")})
	case ok && vm.State == "Stopped":
		return p.ChangeVM(object.ID, zstacksim.Change{State: new("Running")})
	default:
		return errNotThis
	}
}

func (p *platform) destroy(object chaos.Object) error {
	if vm, ok := p.vm(object); ok {
		p.takeOver(vm)

		return p.DestroyVM(object.ID)
	}
	group, ok := p.group(object)
	if !ok || len(group.Snapshots) == 0 {
		return errNotThis
	}

	return p.DeleteSnapshot(group.Snapshots[0].UUID) // the group stays, where it has more
}

// takeOver adds the volumes of a VM that is still being created to those that are not the provider's: it never learns of them, so
// it can't report them.
func (p *platform) takeOver(vm zstacksim.VM) {
	if !inTransition(vm) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, uuid := range vm.DataVolumeUUIDs {
		p.initial[uuid] = true
	}
}

func (p *platform) remove(object chaos.Object) error {
	if vm, ok := p.vm(object); ok {
		p.takeOver(vm)

		return p.RemoveVM(object.ID)
	}
	if _, ok := p.group(object); ok {
		return p.DeleteSnapshotGroup(object.ID)
	}

	return errNotThis
}

// tag gives a VM other tags: none of a kind of which a VM has one, and a configuration may want another.
func (p *platform) tag(object chaos.Object) error {
	if _, ok := p.vm(object); !ok {
		return errNotThis
	}

	return p.ChangeVM(object.ID, zstacksim.Change{UserTags: &[]string{"others"}, SystemTags: &[]string{"consoleMode::vnc"}})
}

// Discard implements [chaos.Platform].
func (p *platform) Discard(_ context.Context, id string) error {
	p.others.Forget(id)
	vm, ok := p.vm(chaos.Object{ID: id})
	if !ok {
		return p.DeleteSnapshotGroup(id)
	}
	for _, volume := range vm.DataVolumeUUIDs {
		if err := p.RemoveVolume(volume); err != nil {
			return err
		}
	}

	return p.RemoveVM(id)
}
