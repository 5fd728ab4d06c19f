package vspherechaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// errNotThis says that others don't do it to this object.
var errNotThis = errors.New("not to this object")

// behind is what others do to objects behind the provider's back.
func (p *platform) behind() []chaos.Fault {
	return []chaos.Fault{
		p.behindBack("renamed behind our back", p.rename),
		p.behindBack("moved behind our back", p.move),
		p.behindBack("powered behind our back", p.power),
		p.behindBack("deleted behind our back", p.remove),
	}
}

// behindBack is a fault that does something to one of the objects that exist at the moment.
func (p *platform) behindBack(name string, act func(object chaos.Object) error) chaos.Fault {
	return chaos.Fault{Name: name, Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		when := p.moment(random, phase)
		which := random.IntN(1 << 16)
		var came func() bool

		return chaos.Strike{
			Words: fmt.Sprintf("%s, object %d", when.Words, which),
			Arm: func() error {
				came = when.Begin()

				return nil
			},
			Act: func(ctx context.Context, _ *tfcli.Command) (bool, error) {
				for chaos.Await(ctx, came) && chaos.Await(ctx, func() bool { return len(p.Objects()) > 0 }) {
					objects := p.Objects()
					if len(objects) == 0 {
						continue
					}
					// What can't be done to the object as it is now is not done: others meet the platform's rules too.
					return act(objects[which%len(objects)]) == nil, nil
				}

				return false, nil
			},
		}
	}}
}

// vm returns the VM that an object is; false for others.
func (p *platform) vm(object chaos.Object) (vspheresim.VM, bool) {
	for _, vm := range p.VMs() {
		if vm.ID == object.ID {
			return vm, true
		}
	}

	return vspheresim.VM{}, false
}

// byHand is what others add to a name.
const byHand = " by hand"

// given is the name that an object had before others renamed it.
func given(name string) string { return strings.ReplaceAll(name, byHand, "") }

func (p *platform) rename(object chaos.Object) error {
	if vm, ok := p.vm(object); ok {
		return p.ChangeVM(object.ID, vspheresim.Change{Name: new(vm.Name + byHand)})
	}

	return p.ChangeSnapshot(object.ID, vspheresim.SnapshotChange{Name: new(strings.TrimPrefix(object.Name, snapshotNamed("")) + byHand)})
}

func (p *platform) move(object chaos.Object) error {
	vm, ok := p.vm(object)
	if !ok || vm.FaultTolerance != nil {
		return errNotThis
	}
	to := p.prod
	if vm.FolderID == to {
		to = p.ID("/DC0/vm")
	}

	return p.ChangeVM(object.ID, vspheresim.Change{FolderID: &to})
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

	return p.ChangeVM(object.ID, vspheresim.Change{PowerState: &state})
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
