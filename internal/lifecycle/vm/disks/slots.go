package disks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// SlotError says that a disk of disks_to_add can't have the place that it is to have.
type SlotError struct {
	Name   string       // of the element
	Slot   vsphere.Slot // that it asks for; its controller is empty where it asks for none
	Holder string       // the label of the device that is there; empty where no place is free
}

// Error implements error.
func (e *SlotError) Error() string {
	switch {
	case e.Holder != "":
		return fmt.Sprintf("the disk %q can't be added at %s: %s is there", e.Name, e.Slot, e.Holder)
	case e.Slot.Controller != "":
		return fmt.Sprintf("the disk %q can't be added: no place is free on %s", e.Name, e.Slot.Controller)
	default:
		return fmt.Sprintf("the disk %q can't be added: no place is free on any controller", e.Name)
	}
}

// InSlots returns the planned disks_to_add with a free place for each that has none yet: first those that ask for one, then the others in
// the order of their names. Its error is a [SlotError].
func InSlots(planned types.Map, slots vsphere.Slots) (types.Map, error) {
	added := AddedIn(planned)
	names := slices.Sorted(maps.Keys(added))
	for _, name := range names {
		slot, chosen := added[name].Slot()
		if added[name].HasKey() || !chosen {
			continue
		}
		if holder, taken := slots.Holder(slot); taken {
			return planned, &SlotError{Name: name, Slot: slot, Holder: holder}
		}
		slots.Take(slot, fmt.Sprintf("the disk %q", name))
	}
	for _, name := range names {
		one := added[name]
		if _, chosen := one.Slot(); one.HasKey() || chosen {
			continue
		}
		unit := int32(-1)
		if !one.UnitNumber.IsNull() && !one.UnitNumber.IsUnknown() {
			unit = int32(one.UnitNumber.ValueInt64())
		}
		slot, free := slots.Free(one.Controller.ValueString(), unit)
		if !free {
			return planned, &SlotError{Name: name, Slot: vsphere.Slot{Controller: one.Controller.ValueString()}}
		}
		slots.Take(slot, fmt.Sprintf("the disk %q", name))
		one.Controller, one.UnitNumber = types.StringValue(slot.Controller), types.Int64Value(int64(slot.UnitNumber))
		added[name] = one
	}
	if len(added) == 0 {
		return planned, nil
	}

	return lifecycle.ElementsValue(added), nil
}

// Adopted returns the planned disks_to_add of an imported VM: each that a disk of the VM fits, which disks_to_update does not name, is that
// disk. Of several that fit, the last ones are taken: those of the source come first. present are the VM's disks.
func Adopted(planned, updates types.Map, present map[string]vsphere.Disk) types.Map {
	named := UpdatesIn(updates)
	free := slices.DeleteFunc(slices.Collect(maps.Keys(present)), func(key string) bool {
		_, taken := named[key]

		return taken
	})

	return lifecycle.AdoptElements(planned, free,
		func(one Added, key string) bool { return one.fits(present[key]) }, func(one Added, key string) Added { return one.adopt(key, present[key]) })
}

// fits reports whether a disk may be the one that is to be added.
func (a Added) fits(disk vsphere.Disk) bool {
	same := func(wanted types.String, there string) bool {
		return wanted.IsNull() || wanted.IsUnknown() || wanted.ValueString() == there
	}
	unit := a.UnitNumber.IsNull() || a.UnitNumber.IsUnknown() || a.UnitNumber.ValueInt64() == int64(disk.UnitNumber)

	return !a.HasKey() && unit && same(a.Controller, disk.Controller) && same(a.DatastoreID, disk.DatastoreID) &&
		Bytes(a.CapacityGiB) == (disk.CapacityBytes+mib-1)/mib*mib
}

// adopt returns the disk of the configuration as the VM's disk.
func (a Added) adopt(key string, disk vsphere.Disk) Added {
	a.Key = types.StringValue(key)

	return lifecycle.KeepElement(a, Added{
		CapacityGiB: a.CapacityGiB, DatastoreID: types.StringValue(disk.DatastoreID), Provisioning: types.StringValue(disk.Provisioning),
		Mode: types.StringValue(disk.Mode), Controller: types.StringValue(disk.Controller),
		UnitNumber: types.Int64Value(int64(disk.UnitNumber)), Key: a.Key, StoragePolicyID: a.StoragePolicyID,
	})
}
