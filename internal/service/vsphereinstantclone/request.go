package vsphereinstantclone

import (
	"cmp"
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Start implements [lifecycle.Adapter]: VirtualMachine.InstantClone_Task.
func (a *adapter) Start(ctx context.Context, change lifecycle.Change[model], evidence *vm.Evidence) (task.Handle[string], error) {
	spec := change.Plan.spec()
	spec.ExtraConfig = change.Plan.NewSettings(change.Config.ExtraConfig)
	spec, err := a.ofSource(ctx, spec)
	if err != nil {
		return nil, err
	}
	if spec.Stamp, err = a.Begin(ctx, change.Plan, evidence); err != nil {
		return nil, err
	}

	return a.client.StartInstantClone(ctx, spec)
}

// ofSource completes the request by its source. Many instant clones of one source are made one after another, so that it is read anew only where
// what was read within the last minute does not fit.
func (a *adapter) ofSource(ctx context.Context, spec vsphere.InstantCloneSpec) (vsphere.InstantCloneSpec, error) {
	complete := func(read func(ctx context.Context, id string) (*vsphere.VirtualMachine, error)) (vsphere.InstantCloneSpec, error) {
		source, err := read(ctx, spec.SourceID)
		if err != nil {
			return spec, err
		}
		completed, err := byDeviceKey(spec, source)
		completed.FolderID, completed.Source = cmp.Or(spec.FolderID, source.Placement.FolderID), source

		return completed, err
	}
	if completed, err := complete(a.RecentSource); err == nil {
		return completed, nil
	}

	return complete(a.SourceVM)
}

// search returns the search for a lost instant clone: in the source's folder, unless the plan names one.
func (a *adapter) search(ctx context.Context, plan model) vsphere.CloneSearch {
	search := vsphere.CloneSearch{
		SourceID: plan.SourceVMID.ValueString(), Name: plan.Name.ValueString(), FolderID: plan.Parts().FolderID.ValueString(),
	}
	if search.FolderID != "" {
		return search
	}
	if source, err := a.RecentSource(ctx, search.SourceID); err == nil { // otherwise Start fails for the same reason
		search.FolderID = source.Placement.FolderID
	}

	return search
}

// spec returns the request that creates what is planned, with devices by the names that the configuration gives them. Unknown
// parts are computed ones: the platform chooses.
func (m model) spec() vsphere.InstantCloneSpec {
	parts := m.Parts()
	spec := vsphere.InstantCloneSpec{
		SourceID:       m.SourceVMID.ValueString(),
		Name:           m.Name.ValueString(),
		FolderID:       parts.FolderID.ValueString(),
		ResourcePoolID: parts.ResourcePoolID.ValueString(),
		DatastoreID:    parts.DatastoreID.ValueString(),
		SerialPorts:    settings.Texts(m.SerialPorts),
		ParallelPorts:  settings.Texts(m.ParallelPorts),
		BIOSUUID:       m.BIOSUUID.ValueString(),
	}
	spec.NetworkInterfaces = interfaces.Asked(m.NetworkInterfaces)
	for _, name := range lifecycle.TextsIn(m.NetworkInterfacesToRemove) { // until they are removed
		if spec.NetworkInterfaces == nil {
			spec.NetworkInterfaces = map[string]vsphere.NetworkInterfaceEdit{}
		}
		spec.NetworkInterfaces[name] = vsphere.NetworkInterfaceEdit{Connected: new(false)}
	}

	return spec
}

// byDeviceKey returns the request with every device by its key.
func byDeviceKey(spec vsphere.InstantCloneSpec, source *vsphere.VirtualMachine) (vsphere.InstantCloneSpec, error) {
	var err error
	if spec.NetworkInterfaces, err = vm.Rekeyed(spec.NetworkInterfaces, vm.InterfaceLabels(source), source.ID); err != nil {
		return spec, err
	}
	if spec.SerialPorts, err = vm.Rekeyed(spec.SerialPorts, vm.PortLabels(source.SerialPorts), source.ID); err != nil {
		return spec, err
	}
	spec.ParallelPorts, err = vm.Rekeyed(spec.ParallelPorts, vm.PortLabels(source.ParallelPorts), source.ID)

	return spec, err
}
