package vsphereclone

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// swap lets the ids of two VMs name one another's machine, as after vCenter was restored from a backup.
func swap(fake *fakevsphere.VCenter, one, other string) {
	fake.VMs[one], fake.VMs[other] = fake.VMs[other], fake.VMs[one]
	fake.VMs[one].ID, fake.VMs[other].ID = one, other
}

// unreadable takes a VM's configuration away.
func unreadable(vm *vsphere.VirtualMachine) {
	*vm = vsphere.VirtualMachine{ID: vm.ID, Name: vm.Name, NoConfig: true, ConnectionState: "inaccessible"}
}

// TestIdentity changes and destroys nothing by an id that names another VM now, one that has moved, or one that can't be compared.
func TestIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare          func(f *fakevsphere.VCenter, id string)
		change, destroys string // the summary of the error; empty: it goes on
		mentions         string
	}{
		"another VM": {
			func(f *fakevsphere.VCenter, id string) { swap(f, id, fakevsphere.GoldenID) },
			" is another VM now", " is another VM now", `VM "web" is vm-1 now`,
		},
		"another VM, and it is gone": {
			func(f *fakevsphere.VCenter, id string) {
				swap(f, id, fakevsphere.GoldenID)
				delete(f.VMs, fakevsphere.GoldenID)
			},
			" is another VM now", " is another VM now", `no VM with the instance UUID of the VM "web"`,
		},
		"moved": {
			func(f *fakevsphere.VCenter, id string) {
				moved := f.VMs[id]
				delete(f.VMs, id)
				moved.ID, f.VMs["vm-999"] = "vm-999", moved
			},
			" is vm-999 now", "", "Apply again",
		},
		"no configuration": {
			func(f *fakevsphere.VCenter, id string) {
				f.VMs[id].NoConfig, f.VMs[id].ConnectionState = true, "inaccessible"
			},
			"vCenter can't read the configuration of ", "vCenter can't read the configuration of ", "The VM is inaccessible",
		},
		"moved, no configuration": {
			func(f *fakevsphere.VCenter, _ string) { reregister(f); f.Change("web", unreadable) },
			"vCenter can't read the configuration of vm-999", "vCenter can't read the configuration of vm-999", "It may be the former vm-102",
		},
		"moved, no configuration, named by its file": {
			func(f *fakevsphere.VCenter, _ string) {
				reregister(f)
				f.Change("web", func(vm *vsphere.VirtualMachine) { unreadable(vm); vm.Name = "/vmfs/volumes/1/web/web.vmx" })
			},
			"vCenter can't read the configuration of vm-999", "vCenter can't read the configuration of vm-999", "It may be the former vm-102",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), basic(config{"power_on": true})).Clean(t)
			test.prepare(fake, c.Get("id"))
			fake.Forget()
			changed := c.Apply(t.Context(), basic(config{"power_on": true, "name": "renamed"}))
			if !strings.Contains(changed.String(), test.change) || !strings.Contains(changed.String(), test.mentions) {
				t.Errorf("the change says\n%s", changed.String())
			}
			if len(fake.Edits()) > 0 {
				t.Errorf("the change made %v", fake.Edits())
			}
			destroyed := c.Destroy(t.Context())
			if test.destroys == "" {
				destroyed.Clean(t)
				if fake.Named("web") != nil {
					t.Error("the VM is still there")
				}

				return
			}
			if !strings.Contains(destroyed.String(), test.destroys) || !strings.Contains(destroyed.String(), test.mentions) {
				t.Errorf("the destroy says\n%s", destroyed.String())
			}
			if len(fake.Edits()) > 0 || c.State.IsNull() {
				t.Errorf("the destroy made %v", fake.Edits())
			}
		})
	}
}

// TestIdentity_refresh finds a VM by its instance UUID under its new id, and keeps the state of one that can't be read.
func TestIdentity_refresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter, id string)
		id      string // empty: dropped; "same": as it was
		warns   string
	}{
		"swapped": {func(f *fakevsphere.VCenter, id string) { swap(f, id, fakevsphere.GoldenID) }, fakevsphere.GoldenID, ""},
		"moved": {func(f *fakevsphere.VCenter, id string) {
			moved := f.VMs[id]
			delete(f.VMs, id)
			moved.ID, f.VMs["vm-999"] = "vm-999", moved
		}, "vm-999", ""},
		"gone": {func(f *fakevsphere.VCenter, id string) { delete(f.VMs, id) }, "", ""},
		"gone, and the id is another VM's": {func(f *fakevsphere.VCenter, id string) {
			swap(f, id, fakevsphere.GoldenID)
			delete(f.VMs, fakevsphere.GoldenID)
		}, "", "is another VM now"},
		"moved, and unreadable": {func(f *fakevsphere.VCenter, _ string) {
			reregister(f)
			f.Change("web", unreadable)
		}, "same", "It may be the former vm-102"},
		"the id is another VM's, and it is unreadable": {func(f *fakevsphere.VCenter, id string) {
			reregister(f)
			f.Change("web", unreadable)
			golden := f.Named("golden")
			delete(f.VMs, golden.ID)
			golden.ID, f.VMs[id] = id, golden
		}, "same", "It may be the former vm-102"},
		"gone, and another is unreadable": {func(f *fakevsphere.VCenter, id string) {
			delete(f.VMs, id)
			f.Change("golden", unreadable)
		}, "", ""},
		"unreadable": {func(f *fakevsphere.VCenter, id string) {
			*f.VMs[id] = vsphere.VirtualMachine{ID: id, Name: "/vmfs/web.vmx", NoConfig: true, ConnectionState: "inaccessible"}
		}, "same", "can't read the configuration of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), basic()).Clean(t)
			before := c.State
			want := test.id
			if want == "same" {
				want = c.Get("id")
			}
			test.prepare(fake, c.Get("id"))
			said := c.Refresh().String()
			if (test.warns == "") != (said == "no diagnostic\n") || !strings.Contains(said, test.warns) {
				t.Errorf("says %q", said)
			}
			if want == "" {
				if !c.State.IsNull() {
					t.Error("still in state")
				}

				return
			}
			if got := c.Get("id"); got != want {
				t.Errorf("the id is %s, want %s", got, want)
			}
			if test.id == "same" && !c.State.Equal(before) {
				t.Errorf("%v\nbecame %v", before, c.State)
			}
			if planned := c.Plan(basic()); planned.Action != "none" {
				t.Errorf("plans %s", planned.Action)
			}
		})
	}
}
