package disks

import (
	"errors"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var (
	noAdds    = types.MapNull(Added{}.ObjectType())
	noUpdates = types.MapNull(Update{}.ObjectType())
)

func str(value string) types.String { return types.StringValue(value) }

func size(value float64) types.Number { return types.NumberValue(big.NewFloat(value)) }

func TestBytes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		capacity types.Number
		want     int64
	}{
		"null":              {types.NumberNull(), 0},
		"unknown":           {types.NumberUnknown(), 0},
		"whole":             {size(16), 16 << 30},
		"half":              {size(16.5), 33 << 29},
		"up to a whole MiB": {size(0.0001), 1 << 20},
		"just above":        {size(1 + 1.0/1024/1024), 1<<30 + 1<<20},
	} {
		if got := Bytes(test.capacity); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

// A capacity stays as it is spelled where the disk has that size, also one that no whole MiB has.
func TestObservedCapacity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before types.Number
		bytes  int64
		want   types.Number
	}{
		"as it is":             {size(16.5), 33 << 29, size(16.5)},
		"rounded up":           {size(0.0001), 1 << 20, size(0.0001)},
		"not of a whole MiB":   {size(1), 1<<30 - 512, size(1)},
		"larger":               {size(16.5), 17 << 30, size(17)},
		"smaller":              {size(2), 3 << 29, size(1.5)},
		"of no known size":     {types.NumberNull(), 1 << 30, size(1)},
		"of a size to be told": {types.NumberUnknown(), 1 << 30, size(1)},
	} {
		if got := observedCapacity(test.before, test.bytes); !got.Equal(test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// disksOf returns a map of disks that have a file with the UUID.
func disksOf(uuids map[string]string) map[string]vsphere.Disk {
	if uuids == nil {
		return nil
	}
	found := map[string]vsphere.Disk{}
	for key, uuid := range uuids {
		found[key] = vsphere.Disk{UUID: uuid}
	}

	return found
}

func ownOf(uuids map[string]string) types.Map {
	values := map[string]attr.Value{}
	for key, uuid := range uuids {
		values[key] = str(uuid)
	}

	return types.MapValueMust(types.StringType, values)
}

func TestOwn(t *testing.T) {
	t.Parallel()
	type uuids = map[string]string
	one, both := uuids{"2000": "a"}, uuids{"2000": "a", "2001": "b"}
	none := types.MapNull(types.StringType)
	adds := lifecycle.ElementsValue(map[string]Added{"data": {Key: str("2002")}, "new": {Key: types.StringUnknown()}})
	for name, test := range map[string]struct {
		before types.Map
		known  uuids
		added  types.Map
		found  uuids
		want   uuids
	}{
		"a new machine has all":          {none, nil, noAdds, both, both},
		"an older state has those known": {none, one, noAdds, both, one},
		"attached by others":             {ownOf(one), nil, noAdds, both, one},
		"gone":                           {ownOf(both), nil, noAdds, one, one},
		"another disk under its key":     {ownOf(one), nil, noAdds, uuids{"2000": "z"}, uuids{}},
		"a file whose UUID is not told":  {ownOf(one), nil, noAdds, uuids{"2000": ""}, uuids{"2000": ""}},
		"added":                          {ownOf(one), nil, adds, uuids{"2000": "a", "2002": "c"}, uuids{"2000": "a", "2002": "c"}},
	} {
		got := Own(test.before, disksOf(test.known), test.added, disksOf(test.found))
		if want := ownOf(test.want); !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if got := Foreign(ownOf(one), disksOf(uuids{"2000": "a", "2002": "c", "2001": "b"})); !slices.Equal(got, []string{"2001", "2002"}) {
		t.Errorf("foreign disks are %v", got)
	}
	if got := Foreign(none, disksOf(one)); got != nil {
		t.Errorf("foreign disks are %v while it is not known which are the machine's own", got)
	}
}

func TestWanted(t *testing.T) {
	t.Parallel()
	present := vsphere.Disk{CapacityBytes: 10 << 30, Mode: "persistent", DatastoreID: "datastore-1"}
	same := Update{CapacityGiB: size(10), Mode: str("persistent"), DatastoreID: str("datastore-1")}
	type changes struct{ grows, shrinks, mode, moves bool }
	for name, test := range map[string]struct {
		wanted Update
		edit   vsphere.DiskEdit
		want   changes
	}{
		"nothing":       {Update{}, vsphere.DiskEdit{}, changes{}},
		"as it is":      {same, vsphere.DiskEdit{}, changes{}},
		"grows":         {Update{CapacityGiB: size(10.5)}, vsphere.DiskEdit{CapacityBytes: 21 << 29}, changes{grows: true}},
		"shrinks":       {Update{CapacityGiB: size(9)}, vsphere.DiskEdit{}, changes{shrinks: true}},
		"another mode":  {Update{Mode: str("append")}, vsphere.DiskEdit{Mode: "append"}, changes{mode: true}},
		"moves":         {Update{DatastoreID: str("datastore-2")}, vsphere.DiskEdit{}, changes{moves: true}},
		"not yet known": {Update{CapacityGiB: types.NumberUnknown()}, vsphere.DiskEdit{}, changes{}},
	} {
		wanted := Wanted{Update: test.wanted}
		got := changes{wanted.Grows(present), wanted.Shrinks(present), wanted.ChangesMode(present), wanted.Moves(present)}
		if got != test.want || wanted.Edit(present) != test.edit {
			t.Errorf("%s: got %+v and %+v, want %+v and %+v", name, got, wanted.Edit(present), test.want, test.edit)
		}
	}
}

// An imported machine's disks are those that the configuration adds where they fit; of several the last ones.
func TestAdopted(t *testing.T) {
	t.Parallel()
	disk := func(gib int64, controller string, unit int32) vsphere.Disk {
		return vsphere.Disk{CapacityBytes: gib << 30, DatastoreID: "datastore-1", Controller: controller, UnitNumber: unit}
	}
	present := map[string]vsphere.Disk{"2000": disk(10, "scsi0", 0), "2001": disk(10, "scsi0", 1), "31000": disk(10, "nvme0", 0)}
	scsi := Added{CapacityGiB: size(10), Controller: str("scsi0")}
	first := scsi
	first.UnitNumber = types.Int64Value(0)
	one := func(element Added) types.Map { return lifecycle.ElementsValue(map[string]Added{"data": element}) }
	for name, test := range map[string]struct {
		element Added
		updates types.Map
		want    string // the key; empty for none
	}{
		"the last that fits":      {Added{CapacityGiB: size(10)}, noUpdates, "31000"},
		"by its controller":       {scsi, noUpdates, "2001"},
		"by its place":            {first, noUpdates, "2000"},
		"of another size":         {Added{CapacityGiB: size(11)}, noUpdates, ""},
		"on another datastore":    {Added{CapacityGiB: size(10), DatastoreID: str("datastore-2")}, noUpdates, ""},
		"not one that is updated": {scsi, lifecycle.ElementsValue(map[string]Update{"2001": {}}), "2000"},
	} {
		got := AddedIn(Adopted(one(test.element), test.updates, present))["data"]
		if got.Key.ValueString() != test.want {
			t.Errorf("%s: got disk %q, want %q", name, got.Key.ValueString(), test.want)
		}
	}
}

func TestInSlots(t *testing.T) {
	t.Parallel()
	vm := func() vsphere.Slots { return (&vsphere.VirtualMachine{}).Slots() }
	at := func(controller string, unit int64) Added {
		return Added{Controller: str(controller), UnitNumber: types.Int64Value(unit)}
	}
	placed, err := InSlots(lifecycle.ElementsValue(map[string]Added{
		"a": {Controller: str("nvme0")}, "b": at("nvme0", 0), "c": {Controller: str("nvme0")},
		"d": {Controller: str("scsi1"), Key: str("2000")},
	}), vm())
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]int64{}
	for name, one := range AddedIn(placed) {
		units[name] = one.UnitNumber.ValueInt64()
	}
	if want := (map[string]int64{"a": 1, "b": 0, "c": 2, "d": 0}); !maps.Equal(units, want) {
		t.Errorf("units are %v, want %v: what asks for a place comes first", units, want)
	}
	_, err = InSlots(lifecycle.ElementsValue(map[string]Added{"a": at("scsi0", 3), "b": at("scsi0", 3)}), vm())
	taken, ok := errors.AsType[*SlotError](err)
	if !ok || taken.Name != "b" || taken.Holder != `the disk "a"` {
		t.Errorf("two at one place: got %v", err)
	}
	for _, test := range []struct {
		failure SlotError
		want    string
	}{
		{
			SlotError{Name: "a", Slot: vsphere.Slot{Controller: "scsi0", UnitNumber: 3}, Holder: "Hard disk 1"},
			`the disk "a" can't be added at scsi0:3: Hard disk 1 is there`,
		},
		{SlotError{Name: "a", Slot: vsphere.Slot{Controller: "scsi0"}}, `the disk "a" can't be added: no place is free on scsi0`},
		{SlotError{Name: "a"}, `the disk "a" can't be added: no place is free on any controller`},
	} {
		if got := test.failure.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// The disks that an update adds, and those whose files it deletes.
func TestToAdd(t *testing.T) {
	t.Parallel()
	key := func(key string) Added { return Added{Key: str(key), CapacityGiB: size(1)} }
	planned := lifecycle.ElementsValue(map[string]Added{
		"b": {CapacityGiB: size(2), Controller: str("scsi0"), UnitNumber: types.Int64Value(4)},
		"a": {CapacityGiB: size(1), Controller: types.StringUnknown(), UnitNumber: types.Int64Unknown()}, "c": key("2003"),
	})
	want := []vsphere.NewDisk{{CapacityBytes: 1 << 30}, {CapacityBytes: 2 << 30, Slot: vsphere.Slot{Controller: "scsi0", UnitNumber: 4}}}
	if got := ToAdd(planned); !slices.Equal(got, want) {
		t.Errorf("adds %+v, want %+v", got, want)
	}
	before := lifecycle.ElementsValue(map[string]Added{"c": key("2003"), "renamed": key("2004"), "gone": key("2005"), "pending": {}})
	after := lifecycle.ElementsValue(map[string]Added{"c": key("2003"), "other": key("2004")})
	if got, want := Dropped(before, after), map[string]string{"2005": "gone"}; !maps.Equal(got, want) {
		t.Errorf("drops %v, want %v", got, want)
	}
}
