package vsphereclone

import (
	"context"
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
			basic(configured, config{"placement": config{"host_id": "host-3"}}),
			func(vm *vsphere.VirtualMachine) { vm.Placement.HostID = "host-1" }, nil,
		},
		"what is not configured": {basic(), func(vm *vsphere.VirtualMachine) {
			vm.Placement = vsphere.Placement{FolderID: "group-v2", ResourcePoolID: "resgroup-2", HostID: "host-2", ClusterID: "domain-c2", DatastoreID: "datastore-2"}
			vm.PowerState = vsphere.PoweredOn
			vm.GuestIPAddresses = []string{"192.0.2.9"}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), test.config).Clean(t)
			fake.Change("web", test.drift)
			fake.Forget()
			c.Refresh().Clean(t)
			c.Apply(t.Context(), test.config).Clean(t)
			if got := fake.Edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			c.Settled(test.config)
		})
	}
}

// When a step fails, state and platform agree on what was done before it.
func TestUpdateFailsHalfway(t *testing.T) {
	t.Parallel()
	refusal := &apierr.Error{Kind: apierr.Insufficient, Code: "InsufficientResourcesFault"}
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.Errs["Relocate"] = []error{refusal}
	after := basic(config{
		"name": "web-2", "power_on": true, "shutdown_timeout": "1m", "placement": config{"folder_id": "group-v2", "host_id": "host-3"},
	})
	c.Apply(t.Context(), after).FailedTitle(t, `Could not relocate VM "web"`)
	c.Is("web-2", "name")
	c.Is("group-v1", "placement", "folder_id")
	c.Is("host-1", "placement", "host_id")
	c.Is("false", "power_on")
	c.Is("<null>", "shutdown_timeout")
	if c.Tainted || c.Identified("vm_id") != c.Get("id") {
		t.Fatal(c.Tainted, c.Identified("vm_id"))
	}

	fake.Forget()
	c.Apply(t.Context(), after).Clean(t)
	if got := fake.Edits(); !slices.Equal(got, []string{"Relocate", "PowerOn"}) {
		t.Fatal(got)
	}
	c.Settled(after)
}

func TestUpdatePowerFailsAfterRelocation(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.Errs["PowerOn"] = []error{&apierr.Error{Kind: apierr.Insufficient, Code: "InsufficientResourcesFault"}}
	after := basic(config{"power_on": true, "placement": config{"host_id": "host-3"}})
	c.Apply(t.Context(), after).FailedTitle(t, `Could not power on VM "web"`)
	c.Is("host-3", "placement", "host_id")
	c.Apply(t.Context(), after).Clean(t)
	c.Settled(after)
}

func TestUpdateInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := newCore(t, fake)
		c.Apply(t.Context(), basic()).Clean(t)
		fake.Before["Relocate"] = func(ctx context.Context, _ *fakevsphere.VCenter) error {
			<-ctx.Done()

			return ctx.Err()
		}
		c.Apply(playedcli.Interrupted(t, time.Second), basic(config{"name": "web-2", "placement": config{"datastore_id": "datastore-2"}})).
			Failed(t, `Could not relocate VM "web"`)
		c.Is("web-2", "name")
		c.Is("datastore-1", "placement", "datastore_id")
	})
}

// A step that can't be waited for any longer is asked to cancel, and what became of it is in state.
func TestUpdateStepIsSettled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes fakevsphere.Behaviour
		pool string
		says string // in the error, empty where there is none
	}{
		"done all the same": {fakevsphere.FinishesOnCancel, "resgroup-2", ""},
		"cancelled":         {fakevsphere.Hangs, "resgroup-1", "task-1 was cancelled"},
		"failed":            {fakevsphere.Fails, "resgroup-1", "TaskInProgress"},
		"not told":          {fakevsphere.IgnoresCancel, "resgroup-1", "may still succeed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := newCore(t, fake)
				c.Apply(t.Context(), basic()).Clean(t)
				fake.Slow = map[string]fakevsphere.Behaviour{"Relocate": test.goes}
				done := c.Apply(t.Context(), basic(config{
					"placement": config{"resource_pool_id": "resgroup-2"}, "timeouts": config{"update": "5m"},
				}))
				if test.says == "" {
					done.Clean(t)
				} else if done.FailedTitle(t, `Could not relocate VM "web"`); !strings.Contains(done.Errors[0].Detail, test.says) {
					t.Error(done)
				}
				c.Is(test.pool, "placement", "resource_pool_id")
				if fake.Made("Cancel") != 1 || fake.Made("Relocate") != 1 {
					t.Error(fake.Calls)
				}
			})
		})
	}
}

// Something else may have done what is wanted, or hold the VM for a while, or break the connection.
func TestUpdateInTheRealWorld(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		times   int
	}{
		"powered on already": {func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })
		}, 1},
		"busy": {func(f *fakevsphere.VCenter) {
			f.Errs["PowerOn"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}, 5)
		}, 6},
		"answer lost": {func(f *fakevsphere.VCenter) { f.Errs["PowerOn"] = []error{lostAnswer()} }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := newCore(t, fake)
				c.Apply(t.Context(), basic()).Clean(t)
				test.prepare(fake)
				c.Apply(t.Context(), basic(config{"power_on": true})).Clean(t)
				if got := fake.Made("PowerOn"); got != test.times {
					t.Fatalf("tried %d times, want %d", got, test.times)
				}
				c.Is("poweredOn", "power_state")
			})
		})
	}
}

// What a plan knew is kept although the platform has changed since; the next refresh shows it.
func TestUpdateKeepsThePlan(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic(config{"power_on": true})).Clean(t)
	fake.Change("web", func(vm *vsphere.VirtualMachine) {
		vm.Placement.HostID, vm.GuestIPAddresses = "host-3", []string{"192.0.2.7"}
	})
	renamed := basic(config{"name": "web-2", "power_on": true})
	c.Apply(t.Context(), renamed).Clean(t)
	c.Is("host-1", "host_id")
	c.Refresh().Clean(t)
	c.Is("host-3", "host_id")
	c.Is("host-1", "placement", "host_id")
	c.Is("[192.0.2.7]", "guest_ip_addresses")
	c.Settled(renamed)
}
