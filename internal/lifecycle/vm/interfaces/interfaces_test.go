package interfaces

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func str(value string) types.String { return types.StringValue(value) }

func in(elements map[string]Interface) types.Map { return lifecycle.ElementsValue(elements) }

type edits = map[string]vsphere.NetworkInterfaceEdit

func TestEdits(t *testing.T) {
	t.Parallel()
	before := in(map[string]Interface{"4000": {
		NetworkID: str("network-1"), MACAddress: str("00:50:56:00:00:01"), Connected: types.BoolValue(true),
		StartConnected: types.BoolValue(true), Label: str("Network adapter 1"),
	}})
	for name, test := range map[string]struct {
		name    string
		wanted  Interface
		stopped bool
		want    edits
	}{
		"nothing":                      {"4000", Interface{}, false, nil},
		"as it is":                     {"4000", Interface{NetworkID: str("network-1")}, false, nil},
		"another network":              {"4000", Interface{NetworkID: str("network-2")}, false, edits{"4000": {NetworkID: "network-2"}}},
		"by its label":                 {"Network adapter 1", Interface{NetworkID: str("network-1")}, false, nil},
		"disconnected":                 {"4000", Interface{Connected: types.BoolValue(false)}, false, edits{"4000": {Connected: new(false)}}},
		"no connection while it stops": {"4000", Interface{Connected: types.BoolValue(false)}, true, nil},
		"but how it starts": {
			"4000", Interface{StartConnected: types.BoolValue(false)}, true, edits{"4000": {StartConnected: new(false)}},
		},
		"not yet known": {"4000", Interface{NetworkID: types.StringUnknown(), MACAddress: types.StringUnknown()}, false, nil},
	} {
		got := Edits(before, in(map[string]Interface{test.name: test.wanted}), !test.stopped)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
	moved := in(map[string]Interface{"4000": {MACAddress: str("00:50:56:00:00:02")}, "4001": {NetworkID: str("network-2")}})
	if got := Readdressed(before, moved); !slices.Equal(got, []string{"4000"}) {
		t.Errorf("interfaces with another address are %v", got)
	}
}

func TestStaysConnected(t *testing.T) {
	t.Parallel()
	present := vsphere.NetworkInterface{Connected: true, NetworkID: "network-1"}
	for name, test := range map[string]struct {
		edit    Interface
		present vsphere.NetworkInterface
		want    bool
	}{
		"no edit":              {Interface{}, present, true},
		"the same network":     {Interface{NetworkID: str("network-1")}, present, true},
		"another network":      {Interface{NetworkID: str("network-2")}, present, false},
		"disconnected":         {Interface{Connected: types.BoolValue(false)}, present, false},
		"not yet known":        {Interface{NetworkID: types.StringUnknown()}, present, false},
		"the source's was not": {Interface{}, vsphere.NetworkInterface{NetworkID: "network-1"}, false},
		"on no network":        {Interface{}, vsphere.NetworkInterface{Connected: true}, false},
	} {
		if got := test.edit.StaysConnected(test.present); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestInUnits(t *testing.T) {
	t.Parallel()
	planned := lifecycle.ElementsValue(map[string]Added{
		"b": {}, "a": {UnitNumber: types.Int64Unknown()}, "there": {Key: str("4000")}, "chosen": {UnitNumber: types.Int64Value(12)},
	})
	placed, ok := InUnits(planned, []int32{8, 9})
	added := AddedIn(placed)
	if !ok || added["a"].UnitNumber.ValueInt64() != 8 || added["b"].UnitNumber.ValueInt64() != 9 || !added["there"].UnitNumber.IsNull() ||
		added["chosen"].UnitNumber.ValueInt64() != 12 {
		t.Errorf("got %v, %v: want places in the order of the names", placed, ok)
	}
	if same, ok := InUnits(planned, []int32{8}); ok || !same.Equal(planned) {
		t.Errorf("got %v, %v where places are missing", same, ok)
	}
	if none, ok := InUnits(types.MapNull(Added{}.ObjectType()), nil); !ok || !none.IsNull() {
		t.Errorf("got %v, %v for none", none, ok)
	}
}

func TestAdopted(t *testing.T) {
	t.Parallel()
	overview := in(map[string]Interface{
		"4000": {NetworkID: str("network-1"), Type: str("vmxnet3"), Label: str("Network adapter 1")},
		"4001": {NetworkID: str("network-1"), Type: str("vmxnet3"), Label: str("Network adapter 2")},
		"4002": {NetworkID: str("network-2"), Type: str("e1000"), MACAddress: str("00:50:56:aa:00:02"), Label: str("Network adapter 3")},
	})
	for name, test := range map[string]struct {
		element Added
		managed map[string]Interface
		want    string
	}{
		"the last that fits":     {Added{NetworkID: str("network-1")}, nil, "4001"},
		"not one named by key":   {Added{NetworkID: str("network-1")}, map[string]Interface{"4001": {}}, "4000"},
		"not one named by label": {Added{NetworkID: str("network-1")}, map[string]Interface{"Network adapter 2": {}}, "4000"},
		"address in capitals":    {Added{MACAddress: str("00:50:56:AA:00:02")}, nil, "4002"},
		"of another type":        {Added{NetworkID: str("network-2"), Type: str("vmxnet3")}, nil, ""},
	} {
		got := AddedIn(Adopted(lifecycle.ElementsValue(map[string]Added{"own": test.element}), overview, in(test.managed)))["own"]
		if got.Key.ValueString() != test.want {
			t.Errorf("%s: got %q, want %q", name, got.Key.ValueString(), test.want)
		}
	}
}

func TestDropped(t *testing.T) {
	t.Parallel()
	of := func(keys ...string) types.Map {
		elements := map[string]Added{"pending": {}}
		for _, key := range keys {
			elements["by "+key] = Added{Key: str(key)}
		}

		return lifecycle.ElementsValue(elements)
	}
	if got := Dropped(of("4002", "4001", "4000"), of("4001")); !slices.Equal(got, []string{"4000", "4002"}) {
		t.Errorf("drops %v", got)
	}
	set := func(names ...string) types.Set { return lifecycle.TextSet(names) }
	if got := NewlyRemoved(set("4000"), set("4000", "4002", "4001")); !slices.Equal(got, []string{"4001", "4002"}) {
		t.Errorf("newly removed are %v", got)
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	yes, no, null := types.BoolValue(true), types.BoolValue(false), types.BoolNull()
	for name, test := range map[string]struct {
		connected, starts types.Bool
		want              bool // an edit is needed after the power-on
	}{
		"not wanted": {null, no, false}, "as it starts": {yes, yes, false}, "otherwise": {yes, no, true}, "not known": {types.BoolUnknown(), no, false},
	} {
		got := Connections(in(map[string]Interface{"4000": {Connected: test.connected, StartConnected: test.starts}}))
		added := AddedConnections(lifecycle.ElementsValue(map[string]Added{"own": {Connected: test.connected, StartConnected: test.starts}}),
			lifecycle.ElementsValue(map[string]Added{"own": {Key: str("4001")}}))
		if (len(got) == 1) != test.want || (len(added) == 1) != test.want {
			t.Errorf("%s: got %v and %v, want an edit: %v", name, got, added, test.want)
		}
	}
}

// Connections of a machine that is off tell nothing of what is wanted, and an address stays as the configuration spells it.
func TestObserved(t *testing.T) {
	t.Parallel()
	found := &vsphere.VirtualMachine{
		PowerState:        vsphere.PoweredOff,
		NetworkInterfaces: map[string]vsphere.NetworkInterface{"4000": {Label: "Network adapter 1", NetworkID: "network-1", MACAddress: "00:50:56:aa:00:01"}},
		StartConnected:    map[string]bool{"4000": true},
	}
	before := Interface{Connected: types.BoolValue(true), MACAddress: str("00:50:56:AA:00:01"), NetworkID: str("network-2")}
	for _, name := range []string{"4000", "Network adapter 1"} {
		seen := In(Observed(in(map[string]Interface{name: before, "4009": before}), found))
		got, there := seen[name]
		if !there || len(seen) != 1 {
			t.Fatalf("by %q: got %v", name, seen)
		}
		if !got.Connected.ValueBool() || got.MACAddress != before.MACAddress || got.NetworkID.ValueString() != "network-1" {
			t.Errorf("by %q: got %+v", name, got)
		}
	}
	all := In(Observed(types.MapNull(Type()), found))
	if all["4000"].Connected.ValueBool() || all["4000"].MACAddress.ValueString() != "00:50:56:aa:00:01" {
		t.Errorf("all of them: got %+v", all)
	}
}
