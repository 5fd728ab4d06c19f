package zstackclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// inWords names the VM for diagnostics.
func (m model) inWords() string {
	if m.Name.ValueString() == "" {
		return "VM " + m.ID.ValueString()
	}

	return fmt.Sprintf("VM %q", m.Name.ValueString())
}

// Creation describes the clone for diagnostics about its life.
func (m model) Creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Source:           m.SourceVMUUID.ValueString(),
		Platform:         tfdiag.ZStack,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: lifecycle.CreateTimeout,
	}
	if id := m.PendingJobUUID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// Operation describes an operation for the diagnostic of its failure: action is "rename", for one; timeout is the argument that bounds it.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           action + " " + m.inWords(),
		Platform:         tfdiag.ZStack,
		Attributes:       m.arguments(),
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: timeout,
	}
}

// Refused implements [lifecycle.Adapter].
func (a *adapter) Refused(_ context.Context, plan model, err error) diag.Diagnostics {
	op := plan.Operation("clone", lifecycle.CreateTimeout)
	op.Action = fmt.Sprintf("clone %s from %s", plan.inWords(), plan.SourceVMUUID.ValueString())

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// arguments finds the argument that an error is about, by the uuids that it names.
func (m model) arguments() map[string]path.Path {
	found := map[string]path.Path{}
	for _, one := range m.references() {
		if one.ID != "" {
			found[one.ID] = one.Attribute
		}
	}
	if source := m.SourceVMUUID.ValueString(); source != "" {
		found[source] = path.Root("source_vm_uuid")
	}

	return found
}

// reference is an object that an argument names.
type reference struct {
	tfdiag.Reference
	kind zstack.ObjectType
}

// references returns the objects that the arguments name, with an empty ID where an argument is null or not known yet.
func (m model) references() []reference {
	one := func(at path.Path, kind zstack.ObjectType, what, id string) reference {
		return reference{tfdiag.Reference{Attribute: at, What: what, ID: id, Platform: tfdiag.ZStack}, kind}
	}

	all := []reference{
		one(path.Root("cluster_uuid"), zstack.TypeCluster, "cluster", m.ClusterUUID.ValueString()),
		one(path.Root("host_uuid"), zstack.TypeHost, "host", m.HostUUID.ValueString()),
		one(path.Root("affinity_group_uuid"), zstack.TypeAffinityGroup, "affinity group", m.AffinityGroupUUID.ValueString()),
		one(path.Root("root_volume").AtName("primary_storage_uuid"), zstack.TypePrimaryStorage, "primary storage",
			lifecycle.StringIn(m.RootVolume, "primary_storage_uuid").ValueString()),
		one(path.Root("data_volumes").AtName("primary_storage_uuid"), zstack.TypePrimaryStorage, "primary storage",
			lifecycle.StringIn(m.DataVolumes, "primary_storage_uuid").ValueString()),
	}
	interfaces := interfacesIn(m.NetworkInterfaces)
	for _, key := range byDeviceID(interfaces) {
		all = append(all, networkReference(key, interfaces[key].L3NetworkUUID.ValueString()))
	}

	return all
}

// existing says what is known of a VM that has the name of a new one. For unseen see [lifecycle.Planned].
func (a *adapter) existing(vm *zstack.VirtualMachine, unseen bool) tfdiag.Existing {
	return tfdiag.Existing{
		ID: vm.UUID, MadeAt: vm.CreatedAt, Managed: a.shared.Registry.Has(vm.UUID),
		Unseen: unseen, BlocksLater: a.shared.Process.BlocksLater(),
	}
}
