package vsphereinstantclone

import (
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Steps implements [lifecycle.Adapter]. A VM is powered off before anything else is changed, and on after it. A network interface can be
// connected only while the VM runs.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	steps := slices.Concat(a.NamingSteps(change), a.PowerOffSteps(change))
	if to, relocates := vm.Relocation(change); relocates {
		steps = append(steps, a.RelocateStep(change, to))
	}
	spec := reconfiguration(change, vm.Runs(change))
	removed := spec.InterfacesToRemove
	spec.InterfacesToRemove = nil
	steps = slices.Concat(steps, a.removeSteps(change.State.ObjectID(), "remove network interfaces of", removed), a.ReconfigureSteps(change, spec),
		labels.Steps(a.client, a.Shared, change),
		a.PowerOnSteps(change))
	if vm.PowersOn(change) {
		steps = append(steps, a.ReconfigureSteps(change, vsphere.ReconfigureSpec{NetworkInterfaces: interfaces.Connections(change.Config.NetworkInterfaces)})...)
	}

	return a.Explained(change.State.ObjectID(), append(steps, a.AddressSteps(change)...))
}

// AfterCreate implements [lifecycle.Adapter]. InstantClone_Task takes no annotation along and removes nothing: the VM has its source's, and no
// labels.
func (a *adapter) AfterCreate(plan model, made string, state model) []lifecycle.Step[model] {
	change := lifecycle.Change[model]{Plan: plan, State: state}
	spec := vsphere.ReconfigureSpec{Annotation: plan.AnnotationEdit(state.Annotation)}

	return slices.Concat(a.removeSteps(made, "remove its network interfaces", lifecycle.TextsIn(plan.NetworkInterfacesToRemove)), a.ReconfigureSteps(change, spec),
		labels.AfterCreate(a.client, a.Shared, plan, state), a.Adapter.AfterCreate(plan, made, state))
}

// reconfiguration returns what differs between state and plan of devices and settings. Connections of a VM that does not run
// are left out.
func reconfiguration(change lifecycle.Change[model], runs bool) vsphere.ReconfigureSpec {
	return vsphere.ReconfigureSpec{
		NetworkInterfaces:  interfaces.Edits(change.State.NetworkInterfaces, change.Plan.NetworkInterfaces, runs),
		InterfacesToRemove: interfaces.NewlyRemoved(change.State.NetworkInterfacesToRemove, change.Plan.NetworkInterfacesToRemove), // by their names
		Annotation:         change.Plan.AnnotationEdit(change.State.Annotation),
		ExtraConfig:        change.Plan.SettingsEdit(change.Config.ExtraConfig, change.State.ExtraConfig),
	}
}
