package vsphereclone

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

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
			vsphere.RelocateSpec{ClusterID: "domain-c2", ResourcePoolID: "resgroup-2"},
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
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), test.before).Clean(t)
			id := c.Get("id")
			c.Settled(test.before)
			planned := c.Plan(test.after)
			if got := c.Open(planned); !slices.Equal(got, test.unknown) {
				t.Errorf("unknown in the plan: %v, want %v", got, test.unknown)
			}
			fake.Forget()
			if done := c.Apply(t.Context(), test.after).Clean(t); done.Action != "update" {
				t.Fatal(done.Action)
			}
			if got := fake.Edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			if test.edits == nil && fake.Made("VirtualMachine") > 0 {
				t.Errorf("asked without need: %v", fake.Calls)
			}
			if slices.Contains(test.edits, "Relocate") && !sameSpec(fake.Relocated[0], test.spec) {
				t.Errorf("relocated %+v, want %+v", fake.Relocated[0], test.spec)
			}
			c.Is(id, "id")
			c.Settled(test.after)
		})
	}
}

func sameSpec(a, b vsphere.RelocateSpec) bool {
	return a.ResourcePoolID == b.ResourcePoolID && a.ClusterID == b.ClusterID && a.HostID == b.HostID &&
		a.DatastoreID == b.DatastoreID && len(a.DiskDatastores) == len(b.DiskDatastores) &&
		(len(a.DiskDatastores) == 0 || a.DiskDatastores["2001"] == b.DiskDatastores["2001"])
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
		"guest_customization_spec":          {"guest_customization_spec": nil},
		"guest_customization_spec, unknown": {"guest_customization_spec": config{"name": playedcli.Unknown{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			other := *fake.VMs[fakevsphere.GoldenID]
			other.ID, other.Name, other.InstanceUUID = "vm-2", "golden-2", "i-other"
			fake.VMs["vm-2"] = &other
			c := newCore(t, fake)
			c.Apply(t.Context(), base).Clean(t)
			fake.Forget()
			planned := c.Plan(basic(base, change))
			if planned.Clean(t).Action != "replace" {
				t.Fatal(planned.Action)
			}
			if len(fake.Edits()) > 0 {
				t.Fatal(fake.Edits())
			}
		})
	}
}

func TestUpdateWaitsForGuestIP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := newCore(t, fake)
		c.Apply(t.Context(), basic()).Clean(t)
		after := basic(config{"power_on": true, "wait_for_guest_ip": "2m"})
		c.Apply(t.Context(), after).FailedTitle(t, "get an IP address")
		c.Is("true", "power_on")

		fake.GuestIPs = []string{"192.0.2.7"}
		fake.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		c.Refresh().Clean(t)
		c.Apply(t.Context(), after).Clean(t)
		c.Is("[192.0.2.7]", "guest_ip_addresses")
	})
}
