package vsphereclone

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	c := newCore(t, newFake())
	created := c.apply(t.Context(), basic()).clean(t)
	if created.action != "create" || text(t, created.planned, "placement") != "<unknown>" {
		t.Fatal(created.action, created.planned)
	}
	c.is("group-v1", "placement", "folder_id")
	c.is("host-1", "placement", "host_id")
	c.is("host-1", "host_id")
	c.is("false", "power_on")
	c.is("poweredOff", "power_state")
	c.is("Hard disk 2", "disks", "2001", "label")
	c.is("vmxnet3", "network_interfaces", "4000", "type")
	c.is("[]", "guest_ip_addresses")
	c.is("<null>", "pending_task_id")
	if c.vmIdentity() != c.get("id") {
		t.Fatal(c.vmIdentity())
	}
	c.settled(basic())
}

func TestCreateWithEveryArgument(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.guestIPs = []string{"192.0.2.7", "2001:db8::7"}
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
	c.apply(t.Context(), all).clean(t)

	want := vsphere.CloneSpec{
		SourceID: goldenID, Name: "web",
		Placement: vsphere.Placement{
			FolderID: "group-v2", ResourcePoolID: "resgroup-1", HostID: "host-3", ClusterID: "domain-c1", DatastoreID: "datastore-2",
		},
		DisksToRemove: []string{"2001"}, DisksToUpdate: map[string]string{"2000": "datastore-1"}, PowerOn: true,
		CustomizationSpec: "linux",
	}
	if got := fake.specs[0]; got.Placement != want.Placement || !slices.Equal(got.DisksToRemove, want.DisksToRemove) ||
		!maps.Equal(got.DisksToUpdate, want.DisksToUpdate) || got.PowerOn != want.PowerOn ||
		got.CustomizationSpec != want.CustomizationSpec || got.Name != want.Name || got.SourceID != want.SourceID {
		t.Fatalf("%+v", got)
	}
	c.is("[192.0.2.7 2001:db8::7]", "guest_ip_addresses")
	c.is("poweredOn", "power_state")
	c.is("datastore-1", "disks", "2000", "datastore_id")
	c.settled(all)
}

func TestCreateKeepsTaskSlots(t *testing.T) {
	t.Parallel()
	fake := newFake()
	newCore(t, fake).apply(t.Context(), basic()).clean(t)
	if fake.made("AcquireTaskSlot") != 1 || fake.made("release") != 1 {
		t.Fatal(fake.calls)
	}
}

func TestCreateFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakeVSphere)
		config  config
		summary string
		id      string
	}{
		"refused": {
			func(f *fakeVSphere) {
				f.errs["StartClone"] = []error{&apierr.Error{Kind: apierr.InvalidArgument, Code: "INVALID_ARGUMENT"}}
			},
			basic(), `Could not clone VM "web" from vm-1`, "<null>",
		},
		"in its task":               {func(f *fakeVSphere) { f.clone = cloneFails }, basic(), `Could not clone VM "web" from vm-1`, "<null>"},
		"in its task, with nothing": {func(f *fakeVSphere) { f.clone = cloneFails }, basic(config{"power_on": true}), `Could not clone VM "web" from vm-1`, "<null>"},
		"after the VM came to be": {
			func(f *fakeVSphere) { f.clone = cloneFailsLate }, basic(config{"power_on": true}),
			`Created VM "web", but could not finish the clone`, "vm-102",
		},
		"the new VM can't be read": {
			func(f *fakeVSphere) {
				f.errs["VirtualMachine"] = []error{nil, &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}}
			}, basic(), `Created VM "web", but could not read it`, "vm-102",
		},
		"no address": {
			func(*fakeVSphere) {}, basic(config{"power_on": true, "wait_for_guest_ip": "5m"}),
			`Created VM "web", but could not get an IP address from its guest`, "vm-102",
		},
		"vCenter can't be asked": {
			func(f *fakeVSphere) {
				f.errs["About"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}}
			},
			basic(), "Could not connect to vCenter", "<null>",
		},
		"vCenter has no clock": {
			func(f *fakeVSphere) { f.errs["ServerTime"] = []error{&apierr.Error{Kind: apierr.Unavailable}} },
			basic(), `Could not clone VM "web" from vm-1`, "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				test.prepare(fake)
				c := newCore(t, fake)
				c.apply(t.Context(), test.config).failed(t, test.summary)
				c.is(test.id, "id")
				if c.tainted != (test.id != "<null>") {
					t.Fatalf("tainted: %t", c.tainted)
				}
			})
		})
	}
}

// An interruption after the clone is no failure: the VM is kept, and the next apply does what is left.
func TestCreateInterruptedAfterTheClone(t *testing.T) {
	t.Parallel()
	config := basic(config{"power_on": true, "wait_for_guest_ip": "5m"})
	for name, test := range map[string]struct {
		prepare func(f *fakeVSphere)
		warning string
		edits   []string
	}{
		"while it waits for an address": {
			func(*fakeVSphere) {}, `Interrupted: created VM "web", but did not get an IP address from its guest`, nil,
		},
		"while it is powered on": {
			func(f *fakeVSphere) {
				f.slow = map[string]cloneBehaviour{"PowerOn": cloneHangs}
				f.before["VirtualMachine"] = func(_ context.Context, f *fakeVSphere) error {
					if vm := f.vmNamed("web"); vm != nil && f.made("PowerOn") == 0 {
						f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
					}

					return nil
				}
			}, `Interrupted: created VM "web", but did not power it on`, []string{"PowerOn"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				test.prepare(fake)
				c := newCore(t, fake)
				c.apply(interrupted(t, time.Minute), config).warned(t, test.warning)
				c.is("vm-102", "id")
				if c.tainted {
					t.Fatal("tainted")
				}
				fake.slow, fake.guestIPs = nil, []string{"192.0.2.7"}
				fake.forget()
				c.refresh().clean(t)
				c.apply(t.Context(), config).clean(t)
				if got := fake.edits(); !slices.Equal(got, test.edits) {
					t.Fatalf("made %v, want %v", got, test.edits)
				}
			})
		})
	}
}

// A clone whose power-on did not happen is powered on by itself.
func TestCreatePowersOnWhatTheCloneDidNot(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.before["VirtualMachine"] = func(_ context.Context, f *fakeVSphere) error {
		if vm := f.vmNamed("web"); vm != nil && f.made("PowerOn") == 0 {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		}

		return nil
	}
	c := newCore(t, fake)
	c.apply(t.Context(), basic(config{"power_on": true})).clean(t)
	c.is("poweredOn", "power_state")
	if fake.made("PowerOn") != 1 {
		t.Fatal(fake.calls)
	}
}

func TestCreateNameTaken(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.clone = cloneTaken
	c := newCore(t, fake)
	planned, resp := c.plan(basic())
	planned.clean(t)
	fake.vms["vm-9"] = &vsphere.VirtualMachine{ID: "vm-9", Name: "web", Placement: vsphere.Placement{FolderID: "group-v1"}}
	fake.origins["vm-9"] = vsphere.Origin{User: `LAB\eve`, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), SourceID: goldenID}
	refused := c.applyPlanned(t.Context(), c.value(basic()), resp).failed(t, `VM "web" exists already`)
	for _, part := range []string{"/DC/vm/web (vm-9)", `LAB\eve`, "2026-01-02T03:04:05Z", "to = vmfork_vsphere_clone.", `id = "vm-9"`} {
		if !strings.Contains(refused.errors[0].Detail, part) {
			t.Errorf("no %q in:\n%s", part, refused.errors[0].Detail)
		}
	}
	if refused.errors[0].Attribute.String() != `AttributeName("name")` || !c.state.IsNull() {
		t.Error(refused.errors[0].Attribute, c.state)
	}
}

func TestCreateDenied(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.errs["StartClone"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "UNAUTHORIZED"}}
	fake.missing = []apierr.MissingPrivilege{{Privilege: "Datastore.AllocateSpace", Object: "datastore-2"}}
	refused := newCore(t, fake).apply(t.Context(), basic(config{"placement": config{"datastore_id": "datastore-2"}}))
	refused.failed(t, `Could not clone VM "web" from vm-1`)
	if got := refused.errors[0]; !strings.Contains(got.Detail, "Datastore.AllocateSpace on datastore-2 (placement.datastore_id)") ||
		got.Attribute.String() != `AttributeName("placement").AttributeName("datastore_id")` {
		t.Fatal(got.Attribute, got.Detail)
	}
}
