package vsphereinstantclone

import (
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Steps implements [lifecycle.Adapter]. A VM is powered off before anything else is changed, and on after it. A network interface can be
// connected only while the VM runs.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	steps := slices.Concat(a.NamingSteps(change), a.PowerOffSteps(change))
	if spec, relocates := vm.Relocation(change); relocates {
		steps = append(steps, a.RelocateStep(change, spec))
	}
	runs := change.State.PowerOn.ValueBool() && !vm.PowersOff(change)
	steps = slices.Concat(steps, a.ReconfigureSteps(change, reconfiguration(change, runs)), a.PowerOnSteps(change))
	if vm.PowersOn(change) {
		steps = append(steps, a.ReconfigureSteps(change, connectionEdits(change))...)
	}

	return append(steps, a.AddressSteps(change)...)
}

// AfterCreate implements [lifecycle.Adapter]. InstantClone_Task takes no annotation along: the VM has its source's.
func (a *adapter) AfterCreate(plan model, made string, state model) []lifecycle.Step[model] {
	change := lifecycle.Change[model]{Plan: plan, State: state}
	spec := vsphere.ReconfigureSpec{Annotation: plan.AnnotationEdit(state.Annotation)}

	return slices.Concat(a.ReconfigureSteps(change, spec), a.Adapter.AfterCreate(plan, made, state))
}

// reconfiguration returns what differs between state and plan of devices and settings. Connections of a VM that does not run
// are left out.
func reconfiguration(change lifecycle.Change[model], runs bool) vsphere.ReconfigureSpec {
	spec := vsphere.ReconfigureSpec{
		NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{},
		Annotation:        change.Plan.AnnotationEdit(change.State.Annotation),
		ExtraConfig:       change.Plan.SettingsEdit(change.Config.ExtraConfig, change.State.ExtraConfig),
	}
	before := change.State.networkInterfaces()
	for key, wanted := range change.Plan.networkInterfaces() {
		edit, changes := wanted.edit(interfaceNamed(key, before))
		if !runs {
			edit.Connected = nil
			changes = edit != (vsphere.NetworkInterfaceEdit{})
		}
		if changes {
			spec.NetworkInterfaces[key] = edit
		}
	}

	return spec
}

// connectionEdits returns the connections that the configuration wants of a VM that has just been powered on.
func connectionEdits(change lifecycle.Change[model]) vsphere.ReconfigureSpec {
	spec := vsphere.ReconfigureSpec{NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{}}
	for key, wanted := range change.Config.networkInterfaces() {
		if !wanted.Connected.IsNull() && !wanted.Connected.Equal(wanted.StartConnected) {
			spec.NetworkInterfaces[key] = vsphere.NetworkInterfaceEdit{Connected: wanted.Connected.ValueBoolPointer()}
		}
	}

	return spec
}

// interfaceNamed finds an interface by its key, or by the label that it is known to have.
func interfaceNamed(name string, interfaces map[string]networkInterface) networkInterface {
	if found, ok := interfaces[name]; ok {
		return found
	}
	for _, found := range interfaces {
		if found.Label.ValueString() == name {
			return found
		}
	}

	return networkInterface{}
}
