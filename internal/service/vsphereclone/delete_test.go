package vsphereclone

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	busy := &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}
	for name, test := range map[string]struct {
		config  config
		prepare func(f *fakeVSphere)
		edits   []string
	}{
		"powered off": {basic(), func(*fakeVSphere) {}, []string{"Destroy"}},
		"a template": {basic(), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.Template = true })
		}, []string{"Destroy"}},
		"guest shuts down": {basic(config{"power_on": true}), func(*fakeVSphere) {}, []string{"ShutdownGuest", "Destroy"}},
		"no tools": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"guest is stuck": {basic(config{"power_on": true, "shutdown_timeout": "1m"}), func(f *fakeVSphere) {
			f.guestStuck = true
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"guest can't be asked": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.errs["ShutdownGuest"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: "ToolsUnavailable"}}
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"gone already": {basic(), func(f *fakeVSphere) { f.vms = map[string]*vsphere.VirtualMachine{} }, []string{"Destroy"}},
		"gone already, and it was on": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.vms = map[string]*vsphere.VirtualMachine{}
		}, []string{"ShutdownGuest", "PowerOff"}},
		"off since the last refresh": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"on since the last refresh": {basic(), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState, vm.ToolsRunning = vsphere.PoweredOn, true })
		}, []string{"Destroy", "ShutdownGuest", "Destroy"}},
		"gone between": {basic(), func(f *fakeVSphere) { f.errs["Destroy"] = []error{gone("Destroy_Task", "vm-102")} }, []string{"Destroy"}},
		"gone while powered off": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
			f.errs["PowerOff"] = []error{gone("PowerOffVM_Task", "vm-102")}
		}, []string{"ShutdownGuest", "PowerOff"}},
		"off between": {basic(config{"power_on": true}), func(f *fakeVSphere) {
			f.change("web", func(vm *vsphere.VirtualMachine) { vm.ToolsRunning = false })
			f.before["PowerOff"] = func(_ context.Context, f *fakeVSphere) error {
				f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff })

				return nil
			}
		}, []string{"ShutdownGuest", "PowerOff", "Destroy"}},
		"on between": {basic(), func(f *fakeVSphere) {
			f.before["Destroy"] = func(_ context.Context, f *fakeVSphere) error {
				if f.made("Destroy") == 1 {
					f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })
				}

				return nil
			}
		}, []string{"Destroy", "PowerOff", "Destroy"}},
		"busy": {basic(), func(f *fakeVSphere) { f.errs["Destroy"] = []error{busy, busy} }, []string{"Destroy", "Destroy", "Destroy"}},
		"answer lost": {basic(), func(f *fakeVSphere) {
			f.errs["Destroy"] = []error{lostAnswer()}
		}, []string{"Destroy", "Destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := newCore(t, fake)
				c.apply(t.Context(), test.config).clean(t)
				test.prepare(fake)
				fake.forget()
				c.destroy(t.Context()).clean(t)
				if got := fake.edits(); !slices.Equal(got, test.edits) {
					t.Errorf("made %v, want %v", got, test.edits)
				}
				if !c.state.IsNull() {
					t.Error("still in state")
				}
			})
		})
	}
}

func TestDeleteFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakeVSphere)
		timeout string
		ctx     func(t *testing.T) context.Context
	}{
		"refused": {
			func(f *fakeVSphere) {
				f.errs["Destroy"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "NoPermission"}}
			}, "5m", nil,
		},
		"busy for ever": {
			func(f *fakeVSphere) {
				f.errs["Destroy"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}, 1000)
			}, "5m", nil,
		},
		"on again and again": {
			func(f *fakeVSphere) {
				f.before["Destroy"] = func(_ context.Context, f *fakeVSphere) error {
					f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })

					return nil
				}
			}, "5m", nil,
		},
		"interrupted": {
			func(f *fakeVSphere) {
				f.before["Destroy"] = func(ctx context.Context, _ *fakeVSphere) error {
					<-ctx.Done()

					return ctx.Err()
				}
			}, "5m", func(t *testing.T) context.Context { t.Helper(); return interrupted(t, time.Second) },
		},
		"can't be read": {
			func(f *fakeVSphere) {
				f.change("web", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })
				f.errs["VirtualMachine"] = []error{&apierr.Error{Kind: apierr.Unavailable}}
			}, "5m", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := newCore(t, fake)
				c.apply(t.Context(), basic(config{"timeouts": config{"delete": test.timeout}})).clean(t)
				test.prepare(fake)
				ctx := t.Context()
				if test.ctx != nil {
					ctx = test.ctx(t)
				}
				c.destroy(ctx).failed(t, `Could not destroy VM "web"`)
				if c.state.IsNull() {
					t.Fatal("forgotten")
				}
			})
		})
	}
}

func TestDisappears(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	delete(fake.vms, c.get("id"))
	c.refresh().clean(t)
	if planned, _ := c.plan(basic()); !c.state.IsNull() || planned.action != "create" {
		t.Fatal(c.state, planned.action)
	}
}

// The same id names another VM on another vCenter.
func TestOtherVCenter(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	fake.vcenter = "99999999-2222-3333-4444-555555555555"
	fake.forget()
	c.refresh().failed(t, "The VM belongs to another vCenter")
	c.destroy(t.Context()).failed(t, "The VM belongs to another vCenter")
	c.apply(t.Context(), basic(config{"name": "web-2"})).failed(t, "The VM belongs to another vCenter")
	if len(fake.edits()) > 0 || c.state.IsNull() {
		t.Fatal(fake.edits())
	}
}
