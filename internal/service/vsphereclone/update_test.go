package vsphereclone

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// edits are the calls that change a VM, in the order in which they were made.
func (f *fakeVSphere) edits() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	changing := []string{"StartClone", "Rename", "Move", "Relocate", "PowerOn", "PowerOff", "ShutdownGuest", "Destroy"}
	var made []string
	for _, call := range f.calls {
		if slices.Contains(changing, call) {
			made = append(made, call)
		}
	}

	return made
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	disks := config{"disks_to_update": config{"2001": config{"datastore_id": "datastore-1"}}}
	for name, test := range map[string]struct {
		before, after config
		edits         []string
		spec          vsphere.RelocateSpec
		unknown       []string // the attributes that the plan leaves open
	}{
		"name":   {basic(), basic(config{"name": "web/2"}), []string{"Rename"}, vsphere.RelocateSpec{}, nil},
		"folder": {basic(), basic(config{"placement": config{"folder_id": "group-v2"}}), []string{"Move"}, vsphere.RelocateSpec{}, nil},
		"pool": {
			basic(), basic(config{"placement": config{"resource_pool_id": "resgroup-2"}}),
			[]string{"Relocate"},
			vsphere.RelocateSpec{ResourcePoolID: "resgroup-2"},
			[]string{"host_id", "placement.cluster_id", "placement.host_id"},
		},
		"cluster": {
			basic(), basic(config{"placement": config{"cluster_id": "domain-c2"}}),
			[]string{"Relocate"},
			vsphere.RelocateSpec{ClusterID: "domain-c2"},
			[]string{"host_id", "placement.host_id", "placement.resource_pool_id"},
		},
		"host": {
			basic(), basic(config{"placement": config{"host_id": "host-3"}}),
			[]string{"Relocate"},
			vsphere.RelocateSpec{HostID: "host-3"},
			[]string{"host_id", "placement.cluster_id", "placement.resource_pool_id"},
		},
		"datastore": {
			basic(disks), basic(disks, config{"placement": config{"datastore_id": "datastore-2"}}),
			[]string{"Relocate"},
			vsphere.RelocateSpec{DatastoreID: "datastore-2", DiskDatastores: map[string]string{"2001": "datastore-1"}},
			[]string{"disks"},
		},
		"cluster, pool, host and datastore at once": {
			basic(), basic(config{"placement": config{
				"cluster_id": "domain-c2", "resource_pool_id": "resgroup-2", "host_id": "host-2", "datastore_id": "datastore-2",
			}}),
			[]string{"Relocate"},
			vsphere.RelocateSpec{ClusterID: "domain-c2", ResourcePoolID: "resgroup-2", HostID: "host-2", DatastoreID: "datastore-2"},
			[]string{"disks", "host_id"},
		},
		"power on": {
			basic(), basic(config{"power_on": true}),
			[]string{"PowerOn"},
			vsphere.RelocateSpec{},
			[]string{"guest_ip_addresses", "host_id", "network_interfaces", "power_state"},
		},
		"power off": {
			basic(config{"power_on": true}), basic(config{"power_on": false}),
			[]string{"ShutdownGuest"},
			vsphere.RelocateSpec{},
			[]string{"guest_ip_addresses", "host_id", "network_interfaces", "power_state"},
		},
		"everything": {
			basic(config{"power_on": true}),
			basic(config{"name": "web-2", "power_on": false, "placement": config{"folder_id": "group-v2", "datastore_id": "datastore-2"}}),
			[]string{"Rename", "Move", "ShutdownGuest", "Relocate"},
			vsphere.RelocateSpec{DatastoreID: "datastore-2"},
			[]string{"disks", "guest_ip_addresses", "host_id", "network_interfaces", "power_state"},
		},
		"what only the provider knows": {
			basic(), basic(config{"shutdown_timeout": "1m", "timeouts": config{"update": "5m"}}), nil, vsphere.RelocateSpec{}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			c := newCore(t, fake)
			c.apply(t.Context(), test.before).clean(t)
			id := c.get("id")
			c.settled(test.before)
			planned, _ := c.plan(test.after)
			if got := c.open(planned); !slices.Equal(got, test.unknown) {
				t.Errorf("unknown in the plan: %v, want %v", got, test.unknown)
			}
			fake.forget()
			if done := c.apply(t.Context(), test.after).clean(t); done.action != "update" {
				t.Fatal(done.action)
			}
			if got := fake.edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			if test.edits == nil && fake.made("VirtualMachine") > 0 {
				t.Errorf("asked without need: %v", fake.calls)
			}
			if slices.Contains(test.edits, "Relocate") && !sameSpec(fake.relocated[0], test.spec) {
				t.Errorf("relocated %+v, want %+v", fake.relocated[0], test.spec)
			}
			c.is(id, "id")
			c.settled(test.after)
		})
	}
}

func sameSpec(a, b vsphere.RelocateSpec) bool {
	return a.ResourcePoolID == b.ResourcePoolID && a.ClusterID == b.ClusterID && a.HostID == b.HostID &&
		a.DatastoreID == b.DatastoreID && len(a.DiskDatastores) == len(b.DiskDatastores) &&
		(len(a.DiskDatastores) == 0 || a.DiskDatastores["2001"] == b.DiskDatastores["2001"])
}

// open returns what a plan leaves unknown, sorted.
func (c *core) open(planned result) []string {
	c.t.Helper()
	var names []string
	for name := range c.kind.AttributeTypes {
		if text(c.t, planned.planned, name) == "<unknown>" {
			names = append(names, name)
		}
	}
	for _, part := range []string{"folder_id", "resource_pool_id", "host_id", "cluster_id", "datastore_id"} {
		if text(c.t, planned.planned, "placement", part) == "<unknown>" {
			names = append(names, "placement."+part)
		}
	}
	slices.Sort(names)

	return names
}

func TestUpdateReplaces(t *testing.T) {
	t.Parallel()
	base := basic(config{
		"disks_to_remove": []string{"2000"}, "disks_to_update": config{"2001": config{"datastore_id": "datastore-1"}},
		"guest_customization_spec": config{"name": "linux"},
	})
	for name, change := range map[string]config{
		"source_vm_id":                      {"source_vm_id": "vm-2"},
		"disks_to_remove":                   {"disks_to_remove": nil},
		"disks_to_update":                   {"disks_to_update": config{"2001": config{"datastore_id": "datastore-2"}}},
		"guest_customization_spec":          {"guest_customization_spec": nil},
		"guest_customization_spec, unknown": {"guest_customization_spec": config{"name": unknown{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			other := *fake.vms[goldenID]
			other.ID, other.Name = "vm-2", "golden-2"
			fake.vms["vm-2"] = &other
			c := newCore(t, fake)
			c.apply(t.Context(), base).clean(t)
			fake.forget()
			planned, _ := c.plan(with(base, change))
			if planned.clean(t).action != "replace" {
				t.Fatal(planned.action)
			}
			if len(fake.edits()) > 0 {
				t.Fatal(fake.edits())
			}
		})
	}
}

func with(base, change config) config {
	return basic(base, change)
}

func TestUpdateWaitsForGuestIP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := newCore(t, fake)
		c.apply(t.Context(), basic()).clean(t)
		after := basic(config{"power_on": true, "wait_for_guest_ip": "2m"})
		c.apply(t.Context(), after).failed(t, "get an IP address")
		c.is("true", "power_on")

		fake.guestIPs = []string{"192.0.2.7"}
		fake.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		c.refresh().clean(t)
		c.apply(t.Context(), after).clean(t)
		c.is("[192.0.2.7]", "guest_ip_addresses")
	})
}
