package vsphereinstantclone

import (
	"context"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
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
	if spec := reconfiguration(change, runs); len(spec.NetworkInterfaces)+len(spec.ExtraConfig) > 0 {
		steps = append(steps, a.reconfigure(change, spec))
	}
	steps = append(steps, a.PowerOnSteps(change)...)
	if spec := connectionEdits(change); vm.PowersOn(change) && len(spec.NetworkInterfaces) > 0 {
		steps = append(steps, a.reconfigure(change, spec))
	}

	return append(steps, a.AddressSteps(change)...)
}

// reconfigure changes devices and settings. It reads the VM first where the change is about devices: the configuration may name them
// by their labels.
func (a *adapter) reconfigure(change lifecycle.Change[model], spec vsphere.ReconfigureSpec) lifecycle.Step[model] {
	id := change.State.ObjectID()

	return a.TaskStep("reconfigure", func(ctx context.Context) (task.Handle[struct{}], error) {
		sent := spec
		if len(spec.NetworkInterfaces) > 0 {
			found, err := a.client.VirtualMachine(ctx, id)
			if err != nil {
				return nil, err
			}
			if sent.NetworkInterfaces, err = rekeyed(spec.NetworkInterfaces, interfaceLabels(found), id); err != nil {
				return nil, err
			}
		}

		return a.client.Reconfigure(ctx, id, sent)
	})
}

// reconfiguration returns what differs between state and plan of devices and settings. Connections of a VM that does not run
// are left out.
func reconfiguration(change lifecycle.Change[model], runs bool) vsphere.ReconfigureSpec {
	spec := vsphere.ReconfigureSpec{
		NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{}, ExtraConfig: map[string]string{},
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
