package vsphereclone

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// An interruption after the clone is no failure: the VM is kept, and the next apply does what is left.
func TestCreateInterruptedAfterTheClone(t *testing.T) {
	t.Parallel()
	config := basic(config{"power_on": true, "wait_for_guest_ip": "5m"})
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		warning string
		edits   []string
	}{
		"while it waits for an address": {
			func(*fakevsphere.VCenter) {}, `Interrupted: created VM "web", but did not get an IP address from its guest`, nil,
		},
		"while it is powered on": {
			func(f *fakevsphere.VCenter) {
				f.Slow = map[string]fakevsphere.Behaviour{"PowerOn": fakevsphere.Hangs}
				f.Before["VirtualMachine"] = func(_ context.Context, f *fakevsphere.VCenter) error {
					if vm := f.Named("web"); vm != nil && f.Made("PowerOn") == 0 {
						f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
					}

					return nil
				}
			}, `Interrupted: created VM "web", but did not power it on`, []string{"PowerOn"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				test.prepare(fake)
				c := newCore(t, fake)
				c.Apply(playedcli.Interrupted(t, time.Minute), config).WarnedTitle(t, test.warning)
				c.Is("vm-102", "id")
				if c.Tainted {
					t.Fatal("tainted")
				}
				fake.Slow, fake.GuestIPs = nil, []string{"192.0.2.7"}
				fake.Forget()
				c.Refresh().Clean(t)
				c.Apply(t.Context(), config).Clean(t)
				if got := fake.Edits(); !slices.Equal(got, test.edits) {
					t.Fatalf("made %v, want %v", got, test.edits)
				}
			})
		})
	}
}

// An interruption while vCenter clones, which it does not give up, tells what the VM still needs: nothing, to be read, its power, or an address.
func TestCreateInterruptedBeforeTheRest(t *testing.T) {
	t.Parallel()
	off := func(_ context.Context, f *fakevsphere.VCenter) error {
		if f.Named("web") != nil && f.Made("PowerOn") == 0 {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		}

		return nil
	}
	for name, test := range map[string]struct {
		config  config
		prepare func(f *fakevsphere.VCenter)
		warning string // what is left
		edits   []string
	}{
		"nothing":              {config{"power_on": true}, nil, "", nil},
		"nothing was asked":    {nil, nil, "", nil},
		"power":                {config{"power_on": true}, func(f *fakevsphere.VCenter) { f.Before["VirtualMachine"] = off }, "but did not power it on", []string{"PowerOn"}},
		"an address":           {config{"power_on": true, "wait_for_guest_ip": "5m"}, nil, "but did not get an IP address from its guest", nil},
		"it could not be read": {nil, func(f *fakevsphere.VCenter) { f.Before["VirtualMachine"] = unread }, "but did not read it", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Goes = fakevsphere.FinishesOnCancel
				c := newCore(t, fake)
				planned := c.Plan(basic(test.config))
				planned.Clean(t)
				if test.prepare != nil {
					test.prepare(fake)
				}
				applied := c.ApplyPlanned(playedcli.Interrupted(t, time.Minute), basic(test.config), planned)
				if test.warning == "" {
					applied.Clean(t)
				} else {
					applied.WarnedTitle(t, test.warning)
				}
				c.Is("vm-102", "id")
				if c.Tainted {
					t.Fatal("tainted")
				}
				c.Serve(on(fake))
				fake.Forget()
				c.Refresh().Clean(t)
				c.Apply(t.Context(), basic(test.config)).Clean(t)
				if got := fake.Edits(); !slices.Equal(got, test.edits) {
					t.Fatalf("made %v, want %v", got, test.edits)
				}
				c.Settled(basic(test.config))
			})
		})
	}
}

// unread fails reads from the moment the clone begins to that of [fakevsphere.VCenter.Forget]. The source was read before: it decides how to clone.
func unread(_ context.Context, f *fakevsphere.VCenter) error {
	if f.Made("StartClone") == 0 {
		return nil
	}

	return &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
}
