package vspherechaos

import (
	"errors"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
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
		behindBack("moved behind our back", p.move),
		behindBack("powered behind our back", p.power),
		behindBack("deleted behind our back", p.remove),
	}
}

// vm returns the VM that an object is; false for others.
func (p *platform) vm(object chaos.Object) (vcenter.VM, bool) {
	for _, vm := range p.VMs() {
		if vm.ID == object.ID {
			return vm, true
		}
	}

	return vcenter.VM{}, false
}

// byHand is the suffix that a rename outside Terraform adds.
const byHand = " by hand"

// given is the name that an object had before it was renamed outside Terraform.
func given(name string) string { return strings.ReplaceAll(name, byHand, "") }

func (p *platform) rename(object chaos.Object) error {
	if vm, ok := p.vm(object); ok {
		return p.ChangeVM(object.ID, vcenter.Change{Name: new(vm.Name + byHand)})
	}

	return p.ChangeSnapshot(object.ID, vcenter.SnapshotChange{Name: new(strings.TrimPrefix(object.Name, snapshotNamed("")) + byHand)})
}

func (p *platform) move(object chaos.Object) error {
	vm, ok := p.vm(object)
	if !ok || vm.FaultTolerance != nil {
		return errNotThis
	}
	to := p.furniture.folder
	if vm.FolderID == to {
		to = p.ID("/DC0/vm")
	}

	return p.ChangeVM(object.ID, vcenter.Change{FolderID: &to})
}

func (p *platform) power(object chaos.Object) error {
	vm, ok := p.vm(object)
	if !ok || vm.FaultTolerance != nil {
		return errNotThis
	}
	state := "poweredOn"
	if vm.PowerState == state {
		state = "poweredOff"
	}

	return p.ChangeVM(object.ID, vcenter.Change{PowerState: &state})
}

func (p *platform) remove(object chaos.Object) error {
	vm, ok := p.vm(object)
	switch {
	case !ok:
		return p.DestroySnapshot(object.ID)
	case vm.FaultTolerance != nil:
		return errNotThis
	default:
		return p.DestroyVM(object.ID)
	}
}
