package disks

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Update is one element of disks_to_update. In the zero value everything is null: what is null is not managed.
type Update struct {
	DatastoreID  types.String
	CapacityGiB  types.Number
	Provisioning types.String
	Mode         types.String

	StoragePolicyID types.String // no VM tells it: see [PoliciesObserved]
}

// ObjectType implements [lifecycle.Element].
func (Update) ObjectType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"datastore_id": types.StringType, "capacity_gib": types.NumberType, "provisioning": types.StringType, "mode": types.StringType,
		"storage_policy_id": types.StringType,
	}}
}

// From implements [lifecycle.Element].
func (Update) From(object types.Object) Update {
	return Update{
		DatastoreID: lifecycle.StringIn(object, "datastore_id"), CapacityGiB: lifecycle.NumberIn(object, "capacity_gib"),
		Provisioning: lifecycle.StringIn(object, "provisioning"), Mode: lifecycle.StringIn(object, "mode"),
		StoragePolicyID: lifecycle.StringIn(object, "storage_policy_id"),
	}
}

// Values implements [lifecycle.Element].
func (u Update) Values() map[string]attr.Value {
	return map[string]attr.Value{
		"datastore_id": u.DatastoreID, "capacity_gib": u.CapacityGiB, "provisioning": u.Provisioning, "mode": u.Mode,
		"storage_policy_id": u.StoragePolicyID,
	}
}

// UpdatesIn returns the elements of disks_to_update; nil where it is null or unknown.
func UpdatesIn(argument types.Map) map[string]Update { return lifecycle.ElementsIn[Update](argument) }

// UpdatesObserved returns disks_to_update as the VM has the disks: what is managed of each. A disk that the VM does not have is left out.
func UpdatesObserved(before types.Map, found *vsphere.VirtualMachine) types.Map {
	if before.IsNull() || before.IsUnknown() {
		return before
	}
	observed := map[string]Update{}
	for key, known := range UpdatesIn(before) {
		if disk, there := found.Disks[key]; there {
			observed[key] = known.observed(disk)
		}
	}

	return lifecycle.ElementsValue(observed)
}

func (u Update) observed(disk vsphere.Disk) Update {
	if !u.DatastoreID.IsNull() {
		u.DatastoreID = types.StringValue(disk.DatastoreID)
	}
	if !u.CapacityGiB.IsNull() {
		u.CapacityGiB = observedCapacity(u.CapacityGiB, disk.CapacityBytes)
	}
	if !u.Provisioning.IsNull() {
		u.Provisioning = types.StringValue(disk.Provisioning)
	}
	if !u.Mode.IsNull() {
		u.Mode = types.StringValue(disk.Mode)
	}

	return u
}

// Wanted is what a configuration wants of one disk that the VM has, or will have of its source.
type Wanted struct {
	Argument string // "disks_to_update"
	Name     string // of the element
	Update
}

// WantedOf returns what disks_to_update and disks_to_add want of disks that are there, by device key.
func WantedOf(updates, added types.Map) map[string]Wanted {
	wanted := map[string]Wanted{}
	for key, update := range UpdatesIn(updates) {
		wanted[key] = Wanted{"disks_to_update", key, update}
	}
	for name, one := range AddedIn(added) {
		if one.HasKey() {
			wanted[one.Key.ValueString()] = Wanted{"disks_to_add", name, Update{
				DatastoreID: one.DatastoreID, CapacityGiB: one.CapacityGiB, Provisioning: one.Provisioning, Mode: one.Mode,
				StoragePolicyID: one.StoragePolicyID,
			}}
		}
	}

	return wanted
}

// Edit returns the change that brings a disk to what is wanted; the zero value where there is nothing to change.
func (w Wanted) Edit(present vsphere.Disk) vsphere.DiskEdit {
	var edit vsphere.DiskEdit
	if w.Grows(present) {
		edit.CapacityBytes = Bytes(w.CapacityGiB)
	}
	if w.ChangesMode(present) {
		edit.Mode = w.Mode.ValueString()
	}

	return edit
}

// Grows reports whether the disk is to have more than it has.
func (w Wanted) Grows(present vsphere.Disk) bool { return Bytes(w.CapacityGiB) > present.CapacityBytes }

// Shrinks reports whether the disk is to have less than it has.
func (w Wanted) Shrinks(present vsphere.Disk) bool {
	wanted := Bytes(w.CapacityGiB)

	return wanted > 0 && wanted < present.CapacityBytes
}

// ChangesMode reports whether the disk is to have another mode.
func (w Wanted) ChangesMode(present vsphere.Disk) bool {
	return w.Mode.ValueString() != "" && w.Mode.ValueString() != present.Mode
}

// Moves reports whether the disk is to lie on another datastore.
func (w Wanted) Moves(present vsphere.Disk) bool {
	return w.DatastoreID.ValueString() != "" && w.DatastoreID.ValueString() != present.DatastoreID
}

// Shows reports whether the change that brings the VM to what is wanted shows in the attribute disks: a size, a datastore.
func Shows(wanted map[string]Wanted, present map[string]vsphere.Disk) bool {
	for key, one := range wanted {
		open := one.CapacityGiB.IsUnknown() || one.DatastoreID.IsUnknown()
		if open || one.Grows(present[key]) || one.Shrinks(present[key]) || one.Moves(present[key]) {
			return true
		}
	}

	return false
}

// Datastores returns the datastore of each disk that is to lie on one of its own: of all where all move, else of those that are elsewhere.
func Datastores(wanted map[string]Wanted, present map[string]vsphere.Disk, all bool) map[string]string {
	datastores := map[string]string{}
	for key, one := range wanted {
		if id := one.DatastoreID.ValueString(); id != "" && (all || one.Moves(present[key])) {
			datastores[key] = id
		}
	}

	return datastores
}
