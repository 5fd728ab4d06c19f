package vsphereclone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Devices that are added have no key before the task that adds them has ended. So the provider chooses their places, which are in state
// before the task begins, and finds the devices by them: see docs/adr/0026.

// addsDevices reports whether the plan has devices that no machine has yet.
func (m model) addsDevices() bool {
	return len(interfaces.ToAdd(m.NetworkInterfacesToAdd)) > 0 || vmdisks.Adds(m.DisksToAdd)
}

// placed returns the plan with free places of a machine, or of its source, for the devices that are to be added.
func (m model) placed(of *vsphere.VirtualMachine) (model, error) {
	added, ok := interfaces.InUnits(m.NetworkInterfacesToAdd, of.FreeInterfaceUnits())
	if !ok {
		return m, &apierr.Error{Kind: apierr.InvalidArgument, Object: of.ID, Messages: []string{
			fmt.Sprintf("%s has no place for another network interface", of.ID),
		}}
	}
	m.NetworkInterfacesToAdd = added
	var err error
	m.DisksToAdd, err = vmdisks.InSlots(m.DisksToAdd, of.Slots())

	return m, err
}

// withKeys returns the plan with the keys of the devices that the state has found in the places of the plan.
func (m model) withKeys(state model) model {
	m.DisksToAdd = vmdisks.WithKeys(m.DisksToAdd, state.DisksToAdd)
	m.NetworkInterfacesToAdd = interfaces.WithKeys(m.NetworkInterfacesToAdd, state.NetworkInterfacesToAdd)

	return m
}

// withPlaces returns the state with the places of the devices that are about to be added, so that a refresh finds them whatever the answer
// to the request.
func (m model) withPlaces(placed model) model {
	m.DisksToAdd = vmdisks.AddedBare(placed.DisksToAdd)
	m.NetworkInterfacesToAdd = interfaces.AddedBare(placed.NetworkInterfacesToAdd)

	return m
}

// Carry implements [lifecycle.Carrier]: only the state that was reached tells the places of devices that were added.
func (a *adapter) Carry(plan, reached model) model {
	plan.DisksToAdd = vmdisks.AddedKept(plan.DisksToAdd, reached.DisksToAdd)
	plan.OwnDisks = reached.OwnDisks
	plan.NetworkInterfacesToAdd = interfaces.AddedKept(plan.NetworkInterfacesToAdd, reached.NetworkInterfacesToAdd)

	return plan
}

// Inherit implements [lifecycle.Inheritor]: devices that the configuration adds are found among those of the machine. The state does not tell
// all of a disk, so the machine is read where disks are looked for.
func (a *adapter) Inherit(ctx context.Context, planned lifecycle.Planned[model]) model {
	plan, prior := planned.Plan, *planned.Prior
	plan.NetworkInterfacesToAdd = interfaces.Adopted(plan.NetworkInterfacesToAdd, prior.NetworkInterfaces, planned.Config.NetworkInterfaces)
	if !vmdisks.Adds(plan.DisksToAdd) {
		return plan
	}
	found, err := a.Client.VirtualMachine(ctx, prior.ObjectID())
	if err != nil {
		return plan // the checks of the plan read the machine as well, and tell
	}
	plan.DisksToAdd = vmdisks.Adopted(plan.DisksToAdd, planned.Config.DisksToUpdate, found.Disks)

	return plan
}

// reconfigure returns the one task that reconfigures the machine, and none where nothing differs. It reads the machine first where devices
// are added, or may be named by their labels.
func (a *adapter) reconfigure(change lifecycle.Change[model]) []lifecycle.Step[model] {
	spec, plan := reconfiguration(change), change.Plan.withKeys(change.State)
	if !plan.addsDevices() && len(spec.InterfacesToRemove) == 0 {
		return a.ReconfigureSteps(change, spec)
	}
	id := change.State.ObjectID()

	return []lifecycle.Step[model]{{Action: "reconfigure", Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		found, err := a.Client.VirtualMachine(ctx, id)
		if err != nil {
			return state, nil, err
		}
		sent, err := byDeviceKey(spec.Without(found), found)
		if err != nil {
			return state, nil, err
		}
		placed, err := plan.placed(found)
		if err != nil {
			return state, nil, err
		}
		sent.InterfacesToAdd = interfaces.ToAdd(placed.NetworkInterfacesToAdd)
		sent.DisksToAdd = plan.disksToAdd(placed.DisksToAdd)

		return state.withPlaces(placed), nil, a.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
			return a.Client.Reconfigure(ctx, id, sent)
		})
	}}}
}

// fullDisks returns the step of a linked clone that warns of disks which came out as copies. It sends nothing: the state tells what each disk stands on.
func (a *adapter) fullDisks(plan model) []lifecycle.Step[model] {
	if !plan.Linked.ValueBool() {
		return nil
	}

	return []lifecycle.Step[model]{{Action: "look at its linked disks", Told: true, Do: func(_ context.Context, state model) (model, diag.Diagnostics, error) {
		full := slices.Clone(state.whole)
		for _, one := range vmdisks.AddedIn(state.DisksToAdd) {
			full = slices.DeleteFunc(full, func(key string) bool { return key == one.Key.ValueString() })
		}
		if len(full) == 0 {
			return state, nil, nil
		}

		return state, diag.Diagnostics{tfdiag.Caution(path.Root("linked"), fmt.Sprintf("Disks of %s are not linked", state.InWords()),
			fmt.Sprintf("vCenter has made copies of the disks %s, which take all of their space and stand on nothing of the source", strings.Join(full, ", ")))}, nil
	}}}
}

// connect connects and disconnects the network interfaces of a machine that has just been powered on, where the configuration wants it
// otherwise than the power-on does it.
func (a *adapter) connect(id string, config model) []lifecycle.Step[model] {
	if !config.wantsConnections() {
		return nil
	}

	return []lifecycle.Step[model]{{Action: "reconfigure", Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		found, err := a.Client.VirtualMachine(ctx, id)
		if err != nil {
			return state, nil, err
		}
		present := state.observedInterfaces(found)
		sent, err := byDeviceKey(vsphere.ReconfigureSpec{NetworkInterfaces: present.connections(config.networkInterfaces)}, found)
		maps.DeleteFunc(sent.NetworkInterfaces, func(key string, edit vsphere.NetworkInterfaceEdit) bool {
			return *edit.Connected == found.NetworkInterfaces[key].Connected
		})
		if err != nil || len(sent.NetworkInterfaces) == 0 {
			return state, nil, err
		}

		return state, nil, a.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
			return a.Client.Reconfigure(ctx, id, sent)
		})
	}}}
}

// AfterCreate implements [lifecycle.Adapter]: it sets the labels, which no task takes along, before the machine is powered on, and before the
// wait for an address it connects what is not connected by the machine's power-on.
func (a *adapter) AfterCreate(plan model, id string, state model) []lifecycle.Step[model] {
	steps := slices.Concat(
		a.fullDisks(plan), labels.AfterCreate(a.client, a.Shared, plan, state), a.Adapter.AfterCreate(plan, id, state),
	)
	if !plan.PowerOn.ValueBool() {
		return steps
	}
	before := len(steps)
	if plan.WaitForGuestIP.Or(0) > 0 {
		before--
	}

	return slices.Insert(steps, before, a.connect(id, plan)...)
}
