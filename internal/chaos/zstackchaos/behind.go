package zstackchaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// errNotThis says that others don't do it to this object.
var errNotThis = errors.New("not to this object")

// behind is what others do to objects behind the provider's back.
func (p *platform) behind() []chaos.Fault {
	return []chaos.Fault{
		p.behindBack("renamed behind our back", p.rename),
		p.behindBack("powered behind our back", p.power),
		p.behindBack("destroyed behind our back", p.destroy),
		p.behindBack("removed behind our back", p.remove),
		p.behindBack("tagged behind our back", p.tag),
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

// byHand is what others add to a name.
const byHand = " by hand"

// given is the name that an object had before others renamed it.
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

// takeOver makes the volumes of a VM that is still in the making the concern of whoever ends it: the provider will never hear
// of them.
func (p *platform) takeOver(vm zstacksim.VM) {
	if !passing(vm) {
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

func (p *platform) tag(object chaos.Object) error {
	if _, ok := p.vm(object); !ok {
		return errNotThis
	}

	return p.ChangeVM(object.ID, zstacksim.Change{UserTags: &[]string{"others"}, SystemTags: &[]string{"vmPriority::Normal"}})
}
