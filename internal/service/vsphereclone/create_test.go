package vsphereclone

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	c := newCore(t, fakevsphere.New())
	created := c.Apply(t.Context(), basic()).Clean(t)
	if created.Action != "create" || playedcli.Text(t, created.Planned, "placement") != "<unknown>" {
		t.Fatal(created.Action, created.Planned)
	}
	c.Is("group-v1", "placement", "folder_id")
	c.Is("host-1", "placement", "host_id")
	c.Is("host-1", "host_id")
	c.Is("false", "power_on")
	c.Is("poweredOff", "power_state")
	c.Is("Hard disk 2", "disks", "2001", "label")
	c.Is("vmxnet3", "network_interfaces", "4000", "type")
	c.Is("[]", "guest_ip_addresses")
	c.Is("<null>", "pending_task_id")
	if c.Identified("vm_id") != c.Get("id") {
		t.Fatal(c.Identified("vm_id"))
	}
	c.Settled(basic())
}

func TestCreateWithEveryArgument(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.GuestIPs = []string{"192.0.2.7", "2001:db8::7"}
	c := newCore(t, fake)
	all := basic(config{
		"placement": config{
			"folder_id": "group-v2", "resource_pool_id": "resgroup-1", "host_id": "host-3", "cluster_id": "domain-c1",
			"datastore_id": "datastore-2",
		},
		"disks_to_remove":          []string{"2001"},
		"disks_to_update":          config{"2000": config{"datastore_id": "datastore-1"}},
		"power_on":                 true,
		"guest_customization_spec": config{"name": "linux"},
		"wait_for_guest_ip":        "5m",
		"shutdown_timeout":         "1m",
		"timeouts":                 config{"create": "1h", "read": "1m", "update": "1h", "delete": "10m"},
	})
	c.Apply(t.Context(), all).Clean(t)

	want := vsphere.CloneSpec{
		SourceID: fakevsphere.GoldenID, Name: "web",
		Placement: vsphere.Placement{
			FolderID: "group-v2", ResourcePoolID: "resgroup-1", HostID: "host-3", ClusterID: "domain-c1", DatastoreID: "datastore-2",
		},
		DisksToRemove: []string{"2001"}, DisksToUpdate: map[string]string{"2000": "datastore-1"}, PowerOn: true,
		CustomizationSpec: "linux",
	}
	if got := fake.Specs[0]; got.Placement != want.Placement || !slices.Equal(got.DisksToRemove, want.DisksToRemove) ||
		!maps.Equal(got.DisksToUpdate, want.DisksToUpdate) || got.PowerOn != want.PowerOn ||
		got.CustomizationSpec != want.CustomizationSpec || got.Name != want.Name || got.SourceID != want.SourceID {
		t.Fatalf("%+v", got)
	}
	c.Is("[192.0.2.7 2001:db8::7]", "guest_ip_addresses")
	c.Is("poweredOn", "power_state")
	c.Is("datastore-1", "disks", "2000", "datastore_id")
	c.Settled(all)
}

func TestCreateKeepsTaskSlots(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	newCore(t, fake).Apply(t.Context(), basic()).Clean(t)
	if fake.Made("AcquireTaskSlot") != 1 || fake.Made("release") != 1 {
		t.Fatal(fake.Calls)
	}
}

func TestCreateFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		config  config
		summary string
		id      string
	}{
		"refused": {
			func(f *fakevsphere.VCenter) {
				f.Errs["StartClone"] = []error{&apierr.Error{Kind: apierr.InvalidArgument, Code: "INVALID_ARGUMENT"}}
			},
			basic(), `Could not clone VM "web" from vm-1`, "<null>",
		},
		"in its task":               {func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.Fails }, basic(), `Could not clone VM "web" from vm-1`, "<null>"},
		"in its task, with nothing": {func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.Fails }, basic(config{"power_on": true}), `Could not clone VM "web" from vm-1`, "<null>"},
		"after the VM came to be": {
			func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.FailsLate }, basic(config{"power_on": true}),
			`Created VM "web", but could not finish the clone`, "vm-102",
		},
		"the new VM can't be read": {
			func(f *fakevsphere.VCenter) {
				f.Errs["VirtualMachine"] = []error{nil, nil, &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}} // after the source, twice
			}, basic(), `Created VM "web", but could not read it`, "vm-102",
		},
		"no address": {
			func(*fakevsphere.VCenter) {}, basic(config{"power_on": true, "wait_for_guest_ip": "5m"}),
			`Created VM "web", but could not get an IP address from its guest`, "vm-102",
		},
		"vCenter can't be asked": {
			func(f *fakevsphere.VCenter) {
				f.Errs["About"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}}
			},
			basic(), "Could not connect to vCenter", "<null>",
		},
		"vCenter has no clock": {
			func(f *fakevsphere.VCenter) { f.Errs["ServerTime"] = []error{&apierr.Error{Kind: apierr.Unavailable}} },
			basic(), `Could not clone VM "web" from vm-1`, "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				test.prepare(fake)
				c := newCore(t, fake)
				c.Apply(t.Context(), test.config).FailedTitle(t, test.summary)
				c.Is(test.id, "id")
				if c.Tainted != (test.id != "<null>") {
					t.Fatalf("tainted: %t", c.Tainted)
				}
			})
		})
	}
}

// A clone whose power-on did not happen is powered on by itself.
func TestCreatePowersOnWhatTheCloneDidNot(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.Before["VirtualMachine"] = func(_ context.Context, f *fakevsphere.VCenter) error {
		if vm := f.Named("web"); vm != nil && f.Made("PowerOn") == 0 {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		}

		return nil
	}
	c := newCore(t, fake)
	c.Apply(t.Context(), basic(config{"power_on": true})).Clean(t)
	c.Is("poweredOn", "power_state")
	if fake.Made("PowerOn") != 1 {
		t.Fatal(fake.Calls)
	}
}

func TestCreateNameTaken(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.Goes = fakevsphere.Taken
	c := newCore(t, fake)
	planned := c.Plan(basic())
	planned.Clean(t)
	fake.VMs["vm-9"] = &vsphere.VirtualMachine{ID: "vm-9", Name: "web", Placement: vsphere.Placement{FolderID: "group-v1"}}
	fake.Origins["vm-9"] = vsphere.Origin{User: `LAB\eve`, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), SourceID: fakevsphere.GoldenID}
	refused := c.ApplyPlanned(t.Context(), basic(), planned).FailedTitle(t, `VM "web" exists already`)
	for _, part := range []string{"/DC/vm/web (vm-9)", `LAB\eve`, "2026-01-02T03:04:05Z", "Nothing was sent to vCenter"} {
		if !strings.Contains(refused.Errors[0].Detail, part) {
			t.Errorf("no %q in:\n%s", part, refused.Errors[0].Detail)
		}
	}
	if refused.Errors[0].Attribute.String() != `AttributeName("name")` || !c.State.IsNull() || fake.Made("StartClone") != 0 {
		t.Error(refused.Errors[0].Attribute, c.State, fake.Calls)
	}
}

func TestCreateDenied(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.Errs["StartClone"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "UNAUTHORIZED"}}
	fake.Errs["MissingClonePrivileges"] = []error{&apierr.Error{Kind: apierr.Unavailable}, nil} // it is not known before the request is refused
	fake.Missing = []apierr.MissingPrivilege{{Privilege: "Datastore.AllocateSpace", Object: "datastore-2"}}
	refused := newCore(t, fake).Apply(t.Context(), basic(config{"placement": config{"datastore_id": "datastore-2"}}))
	refused.FailedTitle(t, `Could not clone VM "web" from vm-1`)
	if got := refused.Errors[0]; !strings.Contains(got.Detail, "Datastore.AllocateSpace on datastore-2 (placement.datastore_id)") ||
		got.Attribute.String() != `AttributeName("placement").AttributeName("datastore_id")` {
		t.Fatal(got.Attribute, got.Detail)
	}
}
