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
	source, err := a.SourceVM(ctx, spec.SourceID)
	if err != nil {
		return nil, err
	}
	spec.FolderID = cmp.Or(spec.FolderID, source.Placement.FolderID)
	if spec, err = byDeviceKey(spec, source); err != nil {
		return nil, err
	}
	spec.Source = source
	if spec.Stamp, err = a.Begin(ctx, change.Plan, evidence); err != nil {
		return nil, err
	}

	return a.client.StartInstantClone(ctx, spec)
}

// search returns the search for a lost instant clone: in the source's folder, unless the plan names one.
func (a *adapter) search(ctx context.Context, plan model) vsphere.CloneSearch {
	search := vsphere.CloneSearch{
		SourceID: plan.SourceVMID.ValueString(), Name: plan.Name.ValueString(), FolderID: plan.Parts().FolderID.ValueString(),
	}
	if search.FolderID != "" {
		return search
	}
	if source, err := a.SourceVM(ctx, search.SourceID); err == nil { // otherwise Start fails for the same reason
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
