package vsphereinstantclone

import (
	"context"
	"maps"
	"slices"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// steps returns what has to be done, in this order: a VM is powered off before anything else is changed, and on after it. A
// card can be connected only while the VM runs.
func (r *instantCloneResource) steps(change vmlifecycle.Change[model]) []vmlifecycle.Step[model] {
	life := r.life()
	steps := slices.Concat(life.NamingSteps(change), life.PowerOffSteps(change))
	if spec, relocates := change.Relocation(); relocates {
		steps = append(steps, life.RelocateStep(change, spec))
	}
	runs := change.State.PowerOn.ValueBool() && !change.PowersOff()
	if spec := reconfiguration(change, runs); len(spec.NetworkInterfaces)+len(spec.ExtraConfig) > 0 {
		steps = append(steps, r.reconfigure(life, change, spec))
	}
	steps = append(steps, life.PowerOnSteps(change)...)
	if spec := connectionEdits(change); change.PowersOn() && len(spec.NetworkInterfaces) > 0 {
		steps = append(steps, r.reconfigure(life, change, spec))
	}

	return steps
}

// reconfigure is the step that changes devices and settings. Where the configuration names devices by their labels, the VM
// is read first.
func (r *instantCloneResource) reconfigure(
	life *vmlifecycle.Life[model], change vmlifecycle.Change[model], spec vsphere.ReconfigureSpec,
) vmlifecycle.Step[model] {
	id := change.State.ID.ValueString()

	return life.TaskStep("reconfigure", func(ctx context.Context) (task.Handle[struct{}], error) {
		sent := spec
		if len(spec.NetworkInterfaces) > 0 {
			vm, err := r.client.VirtualMachine(ctx, id)
			if err != nil {
				return nil, err
			}
			if sent.NetworkInterfaces, err = rekeyed(spec.NetworkInterfaces, cardLabels(vm), id); err != nil {
				return nil, err
			}
		}

		return r.client.Reconfigure(ctx, id, sent)
	})
}

// reconfiguration returns what differs between state and plan of devices and settings. Connections of a VM that does not run
// are left out.
func reconfiguration(change vmlifecycle.Change[model], runs bool) vsphere.ReconfigureSpec {
	spec := vsphere.ReconfigureSpec{
		NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{}, ExtraConfig: map[string]string{},
	}
	before := change.State.cards()
	for key, wanted := range change.Plan.cards() {
		edit, changes := wanted.edit(cardNamed(key, before))
		if !runs {
			edit.Connected = nil
			changes = edit != (vsphere.NetworkInterfaceEdit{})
		}
		if changes {
			spec.NetworkInterfaces[key] = edit
		}
	}

	present, wanted := texts(change.State.ExtraConfig), texts(change.Plan.ExtraConfig)
	for key := range present {
		if _, stays := wanted[key]; !stays {
			spec.ExtraConfig[key] = "" // removes it
		}
	}
	for key, value := range wanted {
		if there, ok := present[key]; !ok || there != value {
			spec.ExtraConfig[key] = value
		}
	}
	if lifecycle.Changed(change.State.ExtraConfigWOVersion, change.Plan.ExtraConfigWOVersion) {
		maps.Copy(spec.ExtraConfig, texts(change.Config.ExtraConfigWO))
	}

	return spec
}

// connections returns the connections that the configuration wants of a VM that has just been powered on.
func connectionEdits(change vmlifecycle.Change[model]) vsphere.ReconfigureSpec {
	spec := vsphere.ReconfigureSpec{NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{}}
	for key, wanted := range change.Config.cards() {
		if !wanted.Connected.IsNull() && !wanted.Connected.Equal(wanted.StartConnected) {
			spec.NetworkInterfaces[key] = vsphere.NetworkInterfaceEdit{Connected: wanted.Connected.ValueBoolPointer()}
		}
	}

	return spec
}

// cardNamed finds a card by its key, or by the label that it is known to have.
func cardNamed(name string, cards map[string]card) card {
	if found, ok := cards[name]; ok {
		return found
	}
	for _, found := range cards {
		if found.Label.ValueString() == name {
			return found
		}
	}

	return card{}
}
