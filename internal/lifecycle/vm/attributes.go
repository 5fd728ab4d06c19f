package vm

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Attributes are the part of a model that every resource which creates a VM has.
type Attributes struct {
	Name            types.String    `tfsdk:"name"`
	SourceVMID      types.String    `tfsdk:"source_vm_id"`
	PowerOn         types.Bool      `tfsdk:"power_on"`
	WaitForGuestIP  tfattr.Duration `tfsdk:"wait_for_guest_ip"`
	ShutdownTimeout tfattr.Duration `tfsdk:"shutdown_timeout"`
	Timeouts        timeouts.Value  `tfsdk:"timeouts"`

	ID               types.String `tfsdk:"id"`
	InstanceUUID     types.String `tfsdk:"instance_uuid"`
	BIOSUUID         types.String `tfsdk:"bios_uuid"`
	PowerState       types.String `tfsdk:"power_state"`
	HostID           types.String `tfsdk:"host_id"`
	Disks            types.Map    `tfsdk:"disks"`
	GuestIPAddresses types.List   `tfsdk:"guest_ip_addresses"`
	PendingTaskID    types.String `tfsdk:"pending_task_id"`

	// seen is the VM as its identity was compared just now; nil where that was not, and in all that comes from the CLI.
	seen *vsphere.VirtualMachine
}

// Common returns the attributes.
func (a Attributes) Common() Attributes { return a }

// ObjectID returns the VM's managed object id, empty while it is not known.
func (a Attributes) ObjectID() string { return a.ID.ValueString() }

// ObjectName returns the VM's name.
func (a Attributes) ObjectName() string { return a.Name.ValueString() }

// Pending reports whether the VM's creation was started and the VM is not known.
func (a Attributes) Pending() bool { return a.ID.IsNull() }

// PendingTask returns the id of the task that creates a pending VM.
func (a Attributes) PendingTask() string { return a.PendingTaskID.ValueString() }

// KnownSource returns the argument source_vm_id of a VM whose state has the attributes prior: null where it names the VM itself, which says
// that its source is not known.
func (a Attributes) KnownSource(prior Attributes) types.String {
	if !prior.ID.IsNull() && a.SourceVMID.Equal(prior.ID) {
		return types.StringNull()
	}

	return a.SourceVMID
}

// OperationTimeouts returns the attribute timeouts.
func (a Attributes) OperationTimeouts() timeouts.Value { return a.Timeouts }

// ObservedCommon returns the attributes with everything that the platform tells replaced by what it told. What only the
// configuration knows stays.
func (a Attributes) ObservedCommon(vm *vsphere.VirtualMachine) Attributes {
	a.Name = types.StringValue(vm.Name)
	a.PowerOn = types.BoolValue(vm.PowerState == vsphere.PoweredOn)

	a.ID = types.StringValue(vm.ID)
	a.InstanceUUID = tfattr.StringOrNull(vm.InstanceUUID)
	a.BIOSUUID = tfattr.StringOrNull(vm.BIOSUUID)
	a.PowerState = types.StringValue(string(vm.PowerState))
	a.HostID = tfattr.StringOrNull(vm.Placement.HostID)
	a.Disks = tfattr.VSphereDisksValue(vm.Disks)
	a.GuestIPAddresses = Addresses(vm.GuestIPAddresses)
	a.PendingTaskID = types.StringNull()

	return a
}

// KeepingCommon returns the attributes with every value that the plan knows. What has changed by itself since then (an
// address, a host that DRS chose) shows at the next refresh.
func (a Attributes) KeepingCommon(plan Attributes) Attributes {
	a.Name = lifecycle.Keep(plan.Name, a.Name)
	a.PowerOn = lifecycle.Keep(plan.PowerOn, a.PowerOn)
	a.InstanceUUID = lifecycle.Keep(plan.InstanceUUID, a.InstanceUUID)
	a.BIOSUUID = lifecycle.Keep(plan.BIOSUUID, a.BIOSUUID)
	a.PowerState = lifecycle.Keep(plan.PowerState, a.PowerState)
	a.HostID = lifecycle.Keep(plan.HostID, a.HostID)
	a.Disks = lifecycle.Keep(plan.Disks, a.Disks)
	a.GuestIPAddresses = lifecycle.Keep(plan.GuestIPAddresses, a.GuestIPAddresses)

	return a
}

// BareCommon returns the attributes with the ids, which are null where they are empty, and with every other unknown value
// null.
func (a Attributes) BareCommon(vmID, taskID string) Attributes {
	a.ID, a.PendingTaskID = tfattr.StringOrNull(vmID), tfattr.StringOrNull(taskID)
	for _, text := range []*types.String{&a.InstanceUUID, &a.BIOSUUID, &a.PowerState, &a.HostID} {
		*text = lifecycle.NullIfUnknown(*text, types.StringNull())
	}
	a.PowerOn = lifecycle.NullIfUnknown(a.PowerOn, types.BoolNull())
	a.Disks = lifecycle.NullIfUnknown(a.Disks, types.MapNull(tfattr.VSphereDisksType()))
	a.GuestIPAddresses = lifecycle.NullIfUnknown(a.GuestIPAddresses, types.ListNull(types.StringType))

	return a
}

// PendingForecast returns the attributes with everything unknown that the VM of a pending resource will tell, so that there is
// something to update: the update waits for the VM and adopts it.
func (a Attributes) PendingForecast(config Attributes) Attributes {
	if config.PowerOn.IsNull() {
		a.PowerOn = types.BoolUnknown()
	}
	a.ID = types.StringUnknown()
	a.InstanceUUID = types.StringUnknown()
	a.BIOSUUID = types.StringUnknown()
	a.PowerState = types.StringUnknown()
	a.HostID = types.StringUnknown()
	a.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	a.GuestIPAddresses = types.ListUnknown(types.StringType)
	a.PendingTaskID = types.StringUnknown()

	return a
}

// powered returns the attributes after a change of the power.
func (a Attributes) powered(state vsphere.PowerState) Attributes {
	a.PowerOn = types.BoolValue(state == vsphere.PoweredOn)
	a.PowerState = types.StringValue(string(state))

	return a
}

// PowerForecast returns the attributes with those unknown that a change of the power affects.
func (a Attributes) PowerForecast() Attributes {
	a.PowerState = types.StringUnknown()
	a.HostID = types.StringUnknown()
	a.GuestIPAddresses = types.ListUnknown(types.StringType)

	return a
}

// Known reports whether no attribute, nor any of the others, is unknown.
func (a Attributes) Known(others ...attr.Value) bool {
	for _, value := range append(others, a.PowerOn, a.ID, a.InstanceUUID, a.BIOSUUID, a.PowerState, a.HostID, a.Disks,
		a.GuestIPAddresses, a.PendingTaskID) {
		if value.IsUnknown() {
			return false
		}
	}

	return true
}

// CheckTimeouts refuses a known timeout that leaves no time.
func (a Attributes) CheckTimeouts() diag.Diagnostics { return lifecycle.CheckTimeouts(a.Timeouts) }

// Addresses returns the value of guest_ip_addresses; a guest that tells none has an empty list.
func Addresses(ips []string) types.List {
	elements := make([]attr.Value, len(ips))
	for i, ip := range ips {
		elements[i] = types.StringValue(ip)
	}

	return types.ListValueMust(types.StringType, elements)
}
