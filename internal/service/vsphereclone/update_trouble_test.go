package vsphereclone

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestDriftIsRepaired(t *testing.T) {
	t.Parallel()
	configured := basic(config{
		"placement": config{
			"folder_id": "group-v1", "resource_pool_id": "resgroup-1", "cluster_id": "domain-c1", "datastore_id": "datastore-1",
		},
		"power_on": true,
	})
	for name, test := range map[string]struct {
		config config
		drift  func(vm *vsphere.VirtualMachine)
		edits  []string
	}{
		"name":      {configured, func(vm *vsphere.VirtualMachine) { vm.Name = "other" }, []string{"Rename"}},
		"folder":    {configured, func(vm *vsphere.VirtualMachine) { vm.Placement.FolderID = "group-v2" }, []string{"Move"}},
		"pool":      {configured, func(vm *vsphere.VirtualMachine) { vm.Placement.ResourcePoolID = "resgroup-9" }, []string{"Relocate"}},
		"cluster":   {configured, func(vm *vsphere.VirtualMachine) { vm.Placement.ClusterID = "domain-c2" }, []string{"Relocate"}},
		"datastore": {configured, func(vm *vsphere.VirtualMachine) { vm.Placement.DatastoreID = "datastore-2" }, []string{"Relocate"}},
		"power":     {configured, func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff }, []string{"PowerOn"}},
		"suspended": {configured, func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.Suspended }, []string{"PowerOn"}},
		"host, which DRS changes": {
			with(configured, config{"placement": config{"host_id": "host-3"}}),
			func(vm *vsphere.VirtualMachine) { vm.Placement.HostID = "host-1" }, nil,
		},
		"what nobody configured": {basic(), func(vm *vsphere.VirtualMachine) {
			vm.Placement = vsphere.Placement{FolderID: "group-v2", ResourcePoolID: "resgroup-2", HostID: "host-2", ClusterID: "domain-c2", DatastoreID: "datastore-2"}
			vm.PowerState = vsphere.PoweredOn
			vm.GuestIPAddresses = []string{"192.0.2.9"}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			c := newCore(t, fake)
			c.apply(t.Context(), test.config).clean(t)
			fake.change("web", test.drift)
			fake.forget()
			c.refresh().clean(t)
			c.apply(t.Context(), test.config).clean(t)
			if got := fake.edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			c.settled(test.config)
		})
	}
}

// When a step fails, state and platform agree on what was done before it.
func TestUpdateFailsHalfway(t *testing.T) {
	t.Parallel()
	refusal := &apierr.Error{Kind: apierr.Insufficient, Code: "InsufficientResourcesFault"}
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	fake.errs["Relocate"] = []error{refusal}
	after := basic(config{
		"name": "web-2", "power_on": true, "shutdown_timeout": "1m", "placement": config{"folder_id": "group-v2", "host_id": "host-3"},
	})
	c.apply(t.Context(), after).failed(t, `Could not relocate VM "web"`)
	c.is("web-2", "name")
	c.is("group-v2", "placement", "folder_id")
	c.is("host-1", "placement", "host_id")
	c.is("false", "power_on")
	c.is("<null>", "shutdown_timeout")
	if c.tainted || c.vmIdentity() != c.get("id") {
		t.Fatal(c.tainted, c.vmIdentity())
	}

	fake.forget()
	c.apply(t.Context(), after).clean(t)
	if got := fake.edits(); !slices.Equal(got, []string{"Relocate", "PowerOn"}) {
		t.Fatal(got)
	}
	c.settled(after)
}

func TestUpdatePowerFailsAfterRelocation(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	fake.errs["PowerOn"] = []error{&apierr.Error{Kind: apierr.Insufficient, Code: "InsufficientResourcesFault"}}
	after := basic(config{"power_on": true, "placement": config{"host_id": "host-3"}})
	c.apply(t.Context(), after).failed(t, `Could not power on VM "web"`)
	c.is("host-3", "placement", "host_id")
	c.apply(t.Context(), after).clean(t)
	c.settled(after)
}

func TestUpdateInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := newCore(t, fake)
		c.apply(t.Context(), basic()).clean(t)
		fake.before["Relocate"] = func(ctx context.Context, _ *fakeVSphere) error {
			<-ctx.Done()

			return ctx.Err()
		}
		c.apply(interrupted(t, time.Second), basic(config{"name": "web-2", "placement": config{"datastore_id": "datastore-2"}})).
			failed(t, `Could not relocate VM "web"`)
		c.is("web-2", "name")
		c.is("datastore-1", "placement", "datastore_id")
	})
}

// A step that can't be waited for any longer is asked to cancel, and what became of it is in state.
func TestUpdateStepIsSettled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes cloneBehaviour
		pool string
		says string // in the error, empty where there is none
	}{
		"done all the same": {cloneFinishesOnCancel, "resgroup-2", ""},
		"cancelled":         {cloneHangs, "resgroup-1", "task-1 was cancelled"},
		"failed":            {cloneFails, "resgroup-1", "TaskInProgress"},
		"not told":          {cloneIgnoresCancel, "resgroup-1", "may still succeed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := newCore(t, fake)
				c.apply(t.Context(), basic()).clean(t)
				fake.slow = map[string]cloneBehaviour{"Relocate": test.goes}
				done := c.apply(t.Context(), basic(config{
					"placement": config{"resource_pool_id": "resgroup-2"}, "timeouts": config{"update": "5m"},
				}))
				if test.says == "" {
					done.clean(t)
				} else if done.failed(t, `Could not relocate VM "web"`); !strings.Contains(done.errors[0].Detail, test.says) {
					t.Error(done)
				}
				c.is(test.pool, "placement", "resource_pool_id")
				if fake.made("Cancel") != 1 || fake.made("Relocate") != 1 {
					t.Error(fake.calls)
				}
			})
		})
	}
}

// Something else may have done what is wanted, or hold the VM for a while, or break the connection.
func TestUpdateInTheRealWorld(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakeVSphere)
		times   int
	}{
		"powered on already": {func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })
		}, 1},
		"busy": {func(f *fakeVSphere) {
			f.errs["PowerOn"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}, 5)
		}, 6},
		"answer lost": {func(f *fakeVSphere) { f.errs["PowerOn"] = []error{lostAnswer()} }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := newCore(t, fake)
				c.apply(t.Context(), basic()).clean(t)
				test.prepare(fake)
				c.apply(t.Context(), basic(config{"power_on": true})).clean(t)
				if got := fake.made("PowerOn"); got != test.times {
					t.Fatalf("tried %d times, want %d", got, test.times)
				}
				c.is("poweredOn", "power_state")
			})
		})
	}
}

// What a plan knew is kept although the platform has changed since; the next refresh shows it.
func TestUpdateKeepsThePlan(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic(config{"power_on": true})).clean(t)
	fake.change("web", func(vm *vsphere.VirtualMachine) {
		vm.Placement.HostID, vm.GuestIPAddresses = "host-3", []string{"192.0.2.7"}
	})
	renamed := basic(config{"name": "web-2", "power_on": true})
	c.apply(t.Context(), renamed).clean(t)
	c.is("host-1", "host_id")
	c.refresh().clean(t)
	c.is("host-3", "host_id")
	c.is("host-1", "placement", "host_id")
	c.is("[192.0.2.7]", "guest_ip_addresses")
	c.settled(renamed)
}
