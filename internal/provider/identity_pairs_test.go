package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// dependents are two snapshots of one clone and the pair of the other, each by the clone's id.
const dependents = `
resource "vmfork_vsphere_snapshot" "before" {
  vm_id = vmfork_vsphere_clone.app.id
  name  = "same"
}

resource "vmfork_vsphere_snapshot" "after" {
  vm_id      = vmfork_vsphere_clone.app.id
  name       = "same"
  depends_on = [vmfork_vsphere_snapshot.before]
}

resource "vmfork_vsphere_ft_secondary" "db" {
  primary_vm_id = vmfork_vsphere_clone.db.id
}
`

// inState returns an attribute of a resource in state.
func (s *identitySuite) inState(address, attribute string) string {
	s.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		}
	}
	shown := acctest.MustRunCLI(s.t, s.workspace, 0, "show", "-json")
	s.must(json.Unmarshal([]byte(shown.Output), &state))
	for _, each := range state.Values.RootModule.Resources {
		if each.Address == address {
			return fmt.Sprint(each.Values[attribute])
		}
	}
	s.t.Fatalf("the state has no %s", address)

	return ""
}

// TestAccIdentity_dependents gives the machines new ids, and their snapshots too: everything follows, and nothing is replaced.
func TestAccIdentity_dependents(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, dependents)
	app := s.vm("app")
	for _, vm := range s.server.VMs() {
		if vm.Name == "app" || vm.Name == "db" { // the secondary has the primary's name
			_, err := s.server.Reregister(vm.ID)
			s.must(err)
		}
	}
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-refresh-only", "-auto-approve")
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	now := s.vm("app")
	for address, want := range map[string]string{"before": now.Snapshots[0].ID, "after": now.Snapshots[1].ID} {
		address = "vmfork_vsphere_snapshot." + address
		if id, vmID, uuid := s.inState(address, "id"), s.inState(address, "vm_id"), s.inState(address, "instance_uuid"); id != want ||
			vmID != now.ID || uuid != app.InstanceUUID {
			t.Errorf("%s: id %s, vm_id %s, instance_uuid %s; want %s of %s", address, id, vmID, uuid, want, now.ID)
		}
	}
	if len(now.Snapshots) != 2 || !now.Snapshots[0].CreatedAt.Equal(app.Snapshots[0].CreatedAt) {
		t.Errorf("%+v\nbecame %+v", app.Snapshots, now.Snapshots)
	}
	if db := s.vm("db"); s.inState("vmfork_vsphere_ft_secondary.db", "primary_vm_id") != db.ID || db.FaultTolerance == nil ||
		s.inState("vmfork_vsphere_ft_secondary.db", "id") != db.FaultTolerance.PartnerID {
		t.Errorf("%+v, and the state has another pair", db)
	}
	s.destroyed()
}

// TestAccIdentity_swappedSnapshots lets a foreign VM's snapshot get the id of one in state: it is not removed.
func TestAccIdentity_swappedSnapshots(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, dependents)
	client := acctest.LogIn(t, s.server)
	machine := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm(foreign).ID})
	task, err := machine.CreateSnapshot(t.Context(), "foreign", "", false, false)
	s.must(err)
	s.must(task.Wait(t.Context()))
	s.must(client.Logout(t.Context()))
	before, app, db := s.vm(foreign), s.vm("app"), s.vm("db")
	s.must(s.server.Restore(map[string]string{
		before.ID: app.ID, app.ID: before.ID, before.Snapshots[0].ID: app.Snapshots[0].ID, app.Snapshots[0].ID: before.Snapshots[0].ID,
	}))
	s.runs(1, app.ID+" is another VM now", "destroy", "-auto-approve", "-refresh=false", "-target=vmfork_vsphere_snapshot.after")
	s.unharmed(before)
	now := s.vm(foreign)
	s.must(s.server.Restore(map[string]string{db.ID: now.ID, now.ID: db.ID}))
	s.runs(1, db.ID+" is another VM now", "destroy", "-auto-approve", "-refresh=false", "-target=vmfork_vsphere_ft_secondary.db")
	s.unharmed(before)
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	s.destroyed()
	s.unharmed(before)
}

// TestAccIdentity_formerID keeps a snapshot whose configuration names its VM by the id that it had before.
func TestAccIdentity_formerID(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, "")
	written := s.vm("app").ID
	fixed := cloneConfig(s.server) + fmt.Sprintf("\nresource \"vmfork_vsphere_snapshot\" \"fixed\" {\n  vm_id = %q\n  name  = \"fixed\"\n}\n", written)
	s.must(s.workspace.Write("main.tf", acctest.RequiredProviders+fixed))
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve")
	taken := s.vm("app").Snapshots[0]
	now, err := s.server.Reregister(written)
	s.must(err)
	s.runs(0, written+" is "+now+" now", "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve")
	s.must(s.server.Restore(map[string]string{s.vm(foreign).ID: written}))
	s.runs(1, written+" is another VM now", "plan", "-detailed-exitcode")
	s.must(s.workspace.Write("main.tf", acctest.RequiredProviders+strings.ReplaceAll(fixed, `vm_id = "`+written, `vm_id = "`+now)))
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	if left := s.vm("app").Snapshots; len(left) != 1 || !left[0].CreatedAt.Equal(taken.CreatedAt) {
		t.Errorf("the snapshot was replaced: %+v", left)
	}
	s.destroyed()
}

// TestAccIdentity_unreadableDependents keeps the snapshots and the pair of VMs that can't be read, and touches nothing of them.
func TestAccIdentity_unreadableDependents(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, dependents+`
data "vmfork_vsphere_snapshots" "app" {
  vm_id = vmfork_vsphere_clone.app.id
}

data "vmfork_vsphere_virtual_machine" "app" {
  id = vmfork_vsphere_clone.app.id
}
`)
	state := func(connection string) {
		for _, name := range []string{"app", "db"} {
			s.must(s.server.ChangeVM(s.vm(name).ID, vcenter.Change{ConnectionState: &connection}))
		}
	}
	before := s.vm("app")
	state("inaccessible")
	s.runs(0, "vCenter can't read the configuration of "+before.ID, "plan", "-detailed-exitcode")
	s.runs(0, "vCenter can't read the configuration of "+s.vm("db").ID, "plan", "-detailed-exitcode")
	s.runs(1, "vCenter can't read the configuration of "+before.ID, "destroy", "-auto-approve")
	if now := s.vm("app"); len(now.Snapshots) != len(before.Snapshots) || s.vm("db").FaultTolerance == nil {
		t.Errorf("%+v\nbecame %+v", before, now)
	}
	state("connected")
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	s.destroyed()
}
