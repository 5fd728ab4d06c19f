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

// once lets something happen just before a method is called for the first time.
func once(method string, happens func(f *fakevsphere.VCenter)) func(f *fakevsphere.VCenter) {
	return func(f *fakevsphere.VCenter) {
		f.Before[method] = func(_ context.Context, f *fakevsphere.VCenter) error {
			if f.Made(method) == 1 {
				happens(f)
			}

			return nil
		}
	}
}

// reregister gives the VM another id.
func reregister(f *fakevsphere.VCenter) {
	moved := f.Named("web")
	delete(f.VMs, moved.ID)
	moved.ID = "vm-999"
	f.VMs[moved.ID] = moved
}

func TestDelete(t *testing.T) {
	t.Parallel()
	busy := &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}
	for name, test := range map[string]struct {
		config  config
		prepare func(f *fakevsphere.VCenter)
		edits   []string
	}{
		"powered off": {basic(), func(*fakevsphere.VCenter) {}, []string{"Destroy"}},
		"a template": {basic(), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.Template = true })
		}, []string{"Destroy"}},
		"guest shuts down": {basic(config{"power_on": true}), func(*fakevsphere.VCenter) {}, []string{"ShutdownGuest", "Destroy"}},
		"no tools": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"guest is stuck": {basic(config{"power_on": true, "shutdown_timeout": "1m"}), func(f *fakevsphere.VCenter) {
			f.GuestStuck = true
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"guest can't be asked": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Errs["ShutdownGuest"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: "ToolsUnavailable"}}
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"gone already": {basic(), func(f *fakevsphere.VCenter) { f.VMs = map[string]*vsphere.VirtualMachine{} }, nil},
		"gone already, and it was on": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.VMs = map[string]*vsphere.VirtualMachine{}
		}, nil},
		"off since the last refresh": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		}, []string{"Destroy"}},
		"on since the last refresh": {basic(), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState, vm.ToolsRunning = vsphere.PoweredOn, true })
		}, []string{"ShutdownGuest", "Destroy"}},
		"gone between":       {basic(), once("Destroy", func(f *fakevsphere.VCenter) { delete(f.VMs, f.Named("web").ID) }), []string{"Destroy"}},
		"registered between": {basic(), once("Destroy", reregister), []string{"Destroy", "Destroy"}},
		"registered while powered off": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
			once("PowerOff", reregister)(f)
		}, []string{"ShutdownGuest", "PowerOff", "PowerOff", "Destroy"}},
		"registered while the guest shuts down": {
			basic(config{"power_on": true}), once("WaitForPowerState", reregister), []string{"ShutdownGuest", "Destroy"},
		},
		"gone while powered off": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
			once("PowerOff", func(f *fakevsphere.VCenter) { delete(f.VMs, f.Named("web").ID) })(f)
		}, []string{"ShutdownGuest", "PowerOff"}},
		"off between": {basic(config{"power_on": true}), func(f *fakevsphere.VCenter) {
			f.Change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
			f.Before["PowerOff"] = func(_ context.Context, f *fakevsphere.VCenter) error {
				f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })

				return nil
			}
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"on between": {basic(), func(f *fakevsphere.VCenter) {
			f.Before["Destroy"] = func(_ context.Context, f *fakevsphere.VCenter) error {
				if f.Made("Destroy") == 1 {
					f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })
				}

				return nil
			}
		}, []string{"Destroy", "PowerOff", "Destroy"}},
		"busy": {basic(), func(f *fakevsphere.VCenter) { f.Errs["Destroy"] = []error{busy, busy} }, []string{"Destroy", "Destroy", "Destroy"}},
		"answer lost": {basic(), func(f *fakevsphere.VCenter) {
			f.Errs["Destroy"] = []error{lostAnswer()}
		}, []string{"Destroy", "Destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := newCore(t, fake)
				c.Apply(t.Context(), test.config).Clean(t)
				test.prepare(fake)
				fake.Forget()
				c.Destroy(t.Context()).Clean(t)
				if got := fake.Edits(); !slices.Equal(got, test.edits) {
					t.Errorf("made %v, want %v", got, test.edits)
				}
				if !c.State.IsNull() {
					t.Error("still in state")
				}
			})
		})
	}
}

// TestDelete_reads shows that the VM is read once before it is destroyed: what compares its identity tells its disks as well.
func TestDelete_reads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := newCore(t, fake)
		c.Apply(t.Context(), basic()).Clean(t)
		fake.Forget()
		c.Destroy(t.Context()).Clean(t)
		if reads := fake.Made("VirtualMachine"); reads != 1 {
			t.Errorf("%d reads before the destroy, want one: %v", reads, fake.Calls)
		}
	})
}

func TestDeleteFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		timeout string
		ctx     func(t *testing.T) context.Context
	}{
		"refused": {
			func(f *fakevsphere.VCenter) {
				f.Errs["Destroy"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "NoPermission"}}
			}, "5m", nil,
		},
		"busy for ever": {
			func(f *fakevsphere.VCenter) {
				f.Errs["Destroy"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}, 1000)
			}, "5m", nil,
		},
		"on again and again": {
			func(f *fakevsphere.VCenter) {
				f.Before["Destroy"] = func(_ context.Context, f *fakevsphere.VCenter) error {
					f.Change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })

					return nil
				}
			}, "5m", nil,
		},
		"interrupted": {
			func(f *fakevsphere.VCenter) {
				f.Before["Destroy"] = func(ctx context.Context, _ *fakevsphere.VCenter) error {
					<-ctx.Done()

					return ctx.Err()
				}
			}, "5m", func(t *testing.T) context.Context { t.Helper(); return playedcli.Interrupted(t, time.Second) },
		},
		"can't be read": {
			func(f *fakevsphere.VCenter) {
				f.Errs["VirtualMachine"] = []error{&apierr.Error{Kind: apierr.Unavailable}}
			}, "5m", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := newCore(t, fake)
				c.Apply(t.Context(), basic(config{"timeouts": config{"delete": test.timeout}})).Clean(t)
				test.prepare(fake)
				ctx := t.Context()
				if test.ctx != nil {
					ctx = test.ctx(t)
				}
				title := `Could not destroy VM "web"`
				if name == "can't be read" {
					title = `Could not read VM "web"`
				}
				c.Destroy(ctx).FailedTitle(t, title)
				if c.State.IsNull() {
					t.Fatal("forgotten")
				}
			})
		})
	}
}

func TestDisappears(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	delete(fake.VMs, c.Get("id"))
	c.Refresh().Clean(t)
	if planned := c.Plan(basic()); !c.State.IsNull() || planned.Action != "create" {
		t.Fatal(c.State, planned.Action)
	}
}

// The same id names another VM on another vCenter.
func TestOtherVCenter(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.UUID = "99999999-2222-3333-4444-555555555555"
	fake.Forget()
	c.Refresh().FailedTitle(t, "The VM belongs to another vCenter")
	c.Destroy(t.Context()).FailedTitle(t, "The VM belongs to another vCenter")
	c.Apply(t.Context(), basic(config{"name": "web-2"})).FailedTitle(t, "The VM belongs to another vCenter")
	if len(fake.Edits()) > 0 || c.State.IsNull() {
		t.Fatal(fake.Edits())
	}
}
