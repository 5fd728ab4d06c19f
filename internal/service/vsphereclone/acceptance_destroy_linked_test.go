package vsphereclone_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// linkByHand makes a linked clone outside Terraform.
func (s *suite) linkByHand(sourceID, snapshotID, name string) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	ref := func(kind, id string) types.ManagedObjectReference {
		return types.ManagedObjectReference{Type: kind, Value: id}
	}
	point := ref("VirtualMachineSnapshot", snapshotID)
	cloning, err := object.NewVirtualMachine(client.Client, ref("VirtualMachine", sourceID)).Clone(s.t.Context(),
		object.NewFolder(client.Client, ref("Folder", s.folder)), name, types.VirtualMachineCloneSpec{
			Snapshot: &point, Location: types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"},
		})
	s.must(err)
	s.must(cloning.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
}

// forkByHand makes an instant clone outside Terraform.
func (s *suite) forkByHand(sourceID, name string) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	source := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: sourceID})
	forking, err := source.InstantClone(s.t.Context(), types.VirtualMachineInstantCloneSpec{Name: name})
	s.must(err)
	s.must(forking.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
}

// chain is a source, its snapshot, and a linked clone of it, each referring to the one before; refers says how the clone does.
func (s *suite) chain(refers string) string {
	return s.clone() + base("${vmfork_vsphere_clone.web.id}") + fmt.Sprintf(`
resource "vmfork_vsphere_clone" "linked" {
  name         = "web-2"
  source_vm_id = vmfork_vsphere_clone.web.id
  linked       = true
  %s
}
`, refers)
}

// TestAccVSphereClone_destroyLinked destroys source, snapshot and linked clone together, also where the CLI knows of no order between the
// last two.
func TestAccVSphereClone_destroyLinked(t *testing.T) {
	t.Parallel()
	for name, refers := range map[string]string{
		"by reference": ofBase, "without one": `depends_on = [vmfork_vsphere_snapshot.base]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.chain(refers), "web-2", func(vm vcenter.VM) error {
					return errors.Join(standOn("web", true)(vm), acctest.Same("snapshots", len(s.vm("web").Snapshots), 1))
				}),
				resource.TestStep{Config: acctest.ProviderConfig(s.server), Check: acctest.CheckNoVM(s.server, "web", "web-2")},
			)
		})
	}
}

// TestAccVSphereClone_destroyUnderLinked keeps source and snapshot as long as another client's linked clone needs them, and sends nothing.
func TestAccVSphereClone_destroyUnderLinked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more string // what is in the configuration beside the source
		says string
	}{
		"a snapshot":                     {base("${vmfork_vsphere_clone.web.id}"), `Could not remove snapshot "base"`},
		"a source with another snapshot": {"", `Could not destroy VM "web": disks of other machines stand on it`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.environment = []string{"VMFORK_NAME_WAIT=10ms"}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.clone()+test.more, "web", nil),
				resource.TestStep{
					PreConfig: func() {
						if test.more == "" {
							s.snapshotOf(s.vm("web").ID, "by hand")
						}
						s.linkByHand(s.vm("web").ID, s.vm("web").Snapshots[0].ID, "foreign")
						s.server.ResetRequests()
					},
					Config: acctest.ProviderConfig(s.server), ExpectError: acctest.Says(test.says),
				},
				resource.TestStep{ // a replacement
					Config:      s.clone(fmt.Sprintf("source_vm_id = %q", s.poweredOn.ID)) + test.more,
					ExpectError: acctest.Says(test.says),
				},
				resource.TestStep{
					PreConfig: func() {
						made := s.server.Requests().ByMethod
						if sent := made["RemoveSnapshot_Task"] + made["Destroy_Task"]; sent > 0 || len(s.vm("web").Snapshots) != 1 {
							t.Errorf("it sent %d requests that destroy something", sent)
						}
						s.must(s.server.DestroyVM(s.vm("foreign").ID))
					},
					Config: acctest.ProviderConfig(s.server), Check: acctest.CheckNoVM(s.server, "web"),
				},
			)
		})
	}
}

// TestAccVSphereClone_destroyUnderFork keeps a machine as long as another client's instant clone stands on its disks, and sends nothing: each
// fork of a machine that runs leaves a file under the machine's own.
func TestAccVSphereClone_destroyUnderFork(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{"VMFORK_NAME_WAIT=10ms"}
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone("power_on = true"), "web", nil),
		resource.TestStep{
			PreConfig: func() {
				s.forkByHand(s.vm("web").ID, "foreign")
				s.server.ResetRequests()
			},
			Config:      acctest.ProviderConfig(s.server),
			ExpectError: acctest.Says(`Could not destroy VM "web": disks of other machines stand on it`),
		},
		resource.TestStep{
			PreConfig: func() {
				made := s.server.Requests().ByMethod
				if sent := made["ShutdownGuest"] + made["PowerOffVM_Task"] + made["Destroy_Task"]; sent > 0 {
					t.Errorf("it sent %d requests that change something", sent)
				}
				s.must(s.server.DestroyVM(s.vm("foreign").ID))
			},
			Config: acctest.ProviderConfig(s.server), Check: acctest.CheckNoVM(s.server, "web"),
		},
	)
}

// TestAccVSphereClone_destroyLinkedByCLI plans and applies destroys as a user does, one operation at a time too: the plan names what is in no
// state, and nothing else.
func TestAccVSphereClone_destroyLinkedByCLI(t *testing.T) {
	t.Parallel()
	for _, parallelism := range []string{"1", "10"} {
		t.Run(parallelism, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			cli := acctest.NewWorkspace(t, s.chain(ofBase), "VMFORK_NAME_WAIT=1s")
			acctest.MustRunCLI(t, cli, 0, "apply", "-auto-approve", "-no-color")
			s.linkByHand(s.vm("web").ID, s.vm("web").Snapshots[0].ID, "foreign")
			at := "-parallelism=" + parallelism
			planned := acctest.MustRunCLI(t, cli, 0, "plan", "-destroy", "-no-color", at).Output
			if !strings.Contains(planned, `"foreign", disks 2000, 2001`) || strings.Contains(planned, `"web-2", disks`) {
				t.Errorf("the plan of a destroy says\n%s", planned)
			}
			if said := acctest.MustRunCLI(t, cli, 1, "destroy", "-auto-approve", "-no-color", at).Output; !strings.Contains(said, "Could not remove snapshot") {
				t.Errorf("the destroy says\n%s", said)
			}
			s.must(s.server.DestroyVM(s.vm("foreign").ID))
			acctest.MustRunCLI(t, cli, 0, "apply", "-auto-approve", "-no-color")
			said := acctest.MustRunCLI(t, cli, 0, "destroy", "-auto-approve", "-no-color", at).Output
			if strings.Contains(said, "Warning") {
				t.Errorf("the destroy of all says\n%s", said)
			}
			s.must(acctest.CheckNoVM(s.server, "web", "web-2")(nil))
		})
	}
}
