package disks

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Added is one element of disks_to_add. In the zero value everything is null.
type Added struct {
	CapacityGiB  types.Number
	DatastoreID  types.String
	Provisioning types.String
	Mode         types.String
	Controller   types.String // with the unit number: by both the disk is found that a task has added
	UnitNumber   types.Int64
	Key          types.String

	StoragePolicyID types.String // no VM tells it: see [PoliciesObserved]
}

// ObjectType implements [lifecycle.Element].
func (Added) ObjectType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"capacity_gib": types.NumberType, "datastore_id": types.StringType, "provisioning": types.StringType, "mode": types.StringType,
		"controller": types.StringType, "unit_number": types.Int64Type, "key": types.StringType,
		"storage_policy_id": types.StringType,
	}}
}

// From implements [lifecycle.Element].
func (Added) From(object types.Object) Added {
	text := func(name string) types.String { return lifecycle.StringIn(object, name) }

	return Added{
		CapacityGiB: lifecycle.NumberIn(object, "capacity_gib"), DatastoreID: text("datastore_id"), Provisioning: text("provisioning"),
		Mode: text("mode"), Controller: text("controller"), UnitNumber: lifecycle.Int64In(object, "unit_number"), Key: text("key"),
		StoragePolicyID: text("storage_policy_id"),
	}
}

// Values implements [lifecycle.Element].
func (a Added) Values() map[string]attr.Value {
	return map[string]attr.Value{
		"capacity_gib": a.CapacityGiB, "datastore_id": a.DatastoreID, "provisioning": a.Provisioning, "mode": a.Mode,
		"controller": a.Controller, "unit_number": a.UnitNumber, "key": a.Key,
		"storage_policy_id": a.StoragePolicyID,
	}
}

// AddedIn returns the elements of disks_to_add; nil where it is null or unknown.
func AddedIn(argument types.Map) map[string]Added { return lifecycle.ElementsIn[Added](argument) }

// HasKey reports whether the disk is known to be a device of the VM.
func (a Added) HasKey() bool { return !a.Key.IsNull() && !a.Key.IsUnknown() }

// Slot returns where the disk is, or is to be; false where that is not chosen yet.
func (a Added) Slot() (vsphere.Slot, bool) {
	slot := vsphere.Slot{Controller: a.Controller.ValueString(), UnitNumber: int32(a.UnitNumber.ValueInt64())}

	return slot, slot.Controller != "" && !a.UnitNumber.IsNull() && !a.UnitNumber.IsUnknown()
}

// AddedObserved returns disks_to_add as the VM has them: by the device keys that are known, and by controller and unit number where the key
// is not. A disk that the VM does not have is left out.
func AddedObserved(before types.Map, found *vsphere.VirtualMachine) types.Map {
	if before.IsNull() || before.IsUnknown() {
		return before
	}
	observed := map[string]Added{}
	for name, known := range AddedIn(before) {
		key := known.Key.ValueString()
		if slot, chosen := known.Slot(); !known.HasKey() && chosen {
			key = found.DiskAt(slot)
		}
		if disk, there := found.Disks[key]; there {
			observed[name] = Added{
				CapacityGiB: observedCapacity(known.CapacityGiB, disk.CapacityBytes), DatastoreID: tfattr.StringOrNull(disk.DatastoreID),
				Provisioning: tfattr.StringOrNull(disk.Provisioning), Mode: tfattr.StringOrNull(disk.Mode),
				Controller: tfattr.StringOrNull(disk.Controller), UnitNumber: types.Int64Value(int64(disk.UnitNumber)), Key: types.StringValue(key),
				StoragePolicyID: known.StoragePolicyID,
			}
		}
	}

	return lifecycle.ElementsValue(observed)
}

// AddedKept returns the planned disks_to_add with what the plan leaves open as it was observed.
func AddedKept(planned, observed types.Map) types.Map {
	return lifecycle.KeepElements[Added](planned, observed)
}

// AddedBare returns disks_to_add with every unknown value null.
func AddedBare(planned types.Map) types.Map { return lifecycle.BareElements[Added](planned) }

// AddedKnown reports whether nothing of the planned disks_to_add is unknown.
func AddedKnown(planned types.Map) bool { return lifecycle.ElementsKnown[Added](planned) }

// AddedForecast returns the planned disks_to_add with what a change affects unknown. moves says that the VM goes to another datastore, and
// with it the disks that have none of their own.
func AddedForecast(planned, config, prior types.Map, moves bool) types.Map {
	wanted, present := AddedIn(config), AddedIn(prior)

	return lifecycle.MapElements(planned, func(name string, one Added) Added {
		set := wanted[name]
		_, had := present[name]
		if !had && one.HasKey() {
			return one // of an imported VM
		}
		if !had {
			return Added{
				CapacityGiB:  one.CapacityGiB,
				DatastoreID:  lifecycle.UnknownUnlessSet(one.DatastoreID, set.DatastoreID),
				Provisioning: lifecycle.UnknownUnlessSet(one.Provisioning, set.Provisioning),
				Mode:         lifecycle.UnknownUnlessSet(one.Mode, set.Mode),
				Controller:   lifecycle.UnknownUnlessSet(one.Controller, set.Controller),
				UnitNumber:   unknownUnlessSet(one.UnitNumber, set.UnitNumber), Key: types.StringUnknown(),

				StoragePolicyID: one.StoragePolicyID,
			}
		}
		if moves {
			one.DatastoreID = lifecycle.UnknownUnlessSet(one.DatastoreID, set.DatastoreID)
		}

		return one
	})
}

func unknownUnlessSet(planned, wanted types.Int64) types.Int64 {
	if wanted.IsNull() {
		return types.Int64Unknown()
	}

	return planned
}

// ToAdd returns the disks of disks_to_add that are no device of the VM yet, by name, each with the place that was chosen for it. A plan has
// chosen none.
func ToAdd(placed types.Map) []vsphere.NewDisk {
	var adds []vsphere.NewDisk
	added := AddedIn(placed)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		one := added[name]
		if one.HasKey() {
			continue
		}
		slot, _ := one.Slot()
		adds = append(adds, vsphere.NewDisk{
			CapacityBytes: Bytes(one.CapacityGiB), DatastoreID: one.DatastoreID.ValueString(),
			Provisioning: vsphere.Provisioning(one.Provisioning.ValueString()), Mode: one.Mode.ValueString(), Slot: slot,
			StoragePolicyID: one.StoragePolicyID.ValueString(),
		})
	}

	return adds
}

// Dropped returns the elements of disks_to_add that the plan takes out, by device key; their files are deleted.
func Dropped(before, planned types.Map) map[string]string {
	stays := map[string]bool{}
	for _, one := range AddedIn(planned) {
		if one.HasKey() {
			stays[one.Key.ValueString()] = true
		}
	}
	dropped := map[string]string{}
	for name, one := range AddedIn(before) {
		if key := one.Key.ValueString(); one.HasKey() && !stays[key] {
			dropped[key] = name
		}
	}

	return dropped
}

// Adds reports whether disks_to_add has a disk that is no device of the VM yet.
func Adds(planned types.Map) bool {
	for _, one := range AddedIn(planned) {
		if !one.HasKey() {
			return true
		}
	}

	return false
}

// WithKeys returns the planned disks_to_add with the keys that the state has for those which are in the place of the plan: the disks of a VM
// that the update has adopted.
func WithKeys(planned, present types.Map) types.Map {
	there := AddedIn(present)

	return lifecycle.MapElements(planned, func(name string, one Added) Added {
		slot, chosen := one.Slot()
		if known, found := there[name].Slot(); !one.HasKey() && there[name].HasKey() && chosen && found && slot == known {
			one.Key = there[name].Key
		}

		return one
	})
}
