package vspheresnapshot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// before is the address of the snapshot under test.
const before = "vmfork_vsphere_snapshot.before"

// suite is a vCenter with the VM that the tests take snapshots of, and another client that works on it.
type suite struct {
	environment []string // of the provider: see [acctest.Factories]
	api         string   // how vim25 methods are called
	t           *testing.T
	server      *vcenter.Server
	vm          vcenter.VM // powered on
	other       vcenter.VM // powered on
	client      *govmomi.Client
}

func newSuite(t *testing.T, options ...vcenter.Options) *suite {
	t.Helper()
	chosen := vcenter.Options{VMs: 2}
	if len(options) > 0 {
		chosen = options[0]
	}
	s := &suite{t: t, server: acctest.VSphere(t, chosen), api: "soap"}
	s.vm, s.other = s.named("DC0_C0_RP0_VM0"), s.named("DC0_C0_RP0_VM1")
	s.client = acctest.LogIn(t, s.server)
	t.Cleanup(func() {
		if err := s.client.Logout(withoutCancel(t)); err != nil {
			t.Error(err)
		}
	})
	s.server.ResetRequests()

	return s
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// named returns a VM of the simulator's inventory, which must be there.
func (s *suite) named(name string) vcenter.VM {
	s.t.Helper()

	return acctest.VM(s.t, s.server, name)
}

// config is the provider's block and the snapshot "before" with the arguments; the name and the VM are given unless the
// arguments do.
func (s *suite) config(arguments ...string) string {
	return acctest.ProviderConfig(s.server, acctest.API(s.api)) + s.snapshot("before", arguments...)
}

// snapshot is one resource block.
func (s *suite) snapshot(label string, arguments ...string) string {
	return acctest.Resource("vmfork_vsphere_snapshot", label, arguments, fmt.Sprintf("name = %q", label), fmt.Sprintf("vm_id = %q", s.vm.ID))
}

// run runs the steps and checks that no snapshot is left in the end, unless others took them.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	s.runFrom(nil, steps...)
}

// runFrom is run with a CLI of certain versions only.
func (s *suite) runFrom(versions []tfversion.TerraformVersionCheck, steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		TerraformVersionChecks:   versions,
		ProtoV6ProviderFactories: acctest.Factories(s.t, s.environment...),
		CheckDestroy: func(*terraform.State) error {
			for _, vm := range []vcenter.VM{s.vm, s.other} {
				for _, left := range s.tree(vm.ID) {
					if !strings.HasPrefix(left.Name, "theirs") {
						return fmt.Errorf("the snapshot %q (%s) of %s is left", left.Name, left.Snapshot.Value, vm.ID)
					}
				}
			}

			return nil
		},
		Steps: steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the VM's snapshots, and expects a
// second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config string, tree ...string) resource.TestStep {
	return acctest.Applied(before, action, config, s.treeIs(tree...))
}

// treeIs checks the paths of the VM's snapshots, in the tree's order.
func (s *suite) treeIs(want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var got []string
		for _, node := range s.tree(s.vm.ID) {
			got = append(got, node.path)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("the VM's snapshots are %q, want %q", got, want)
		}

		return nil
	}
}

// node is one snapshot as vCenter has it; names are vCenter's, with its escapes.
type node struct {
	types.VirtualMachineSnapshotTree
	path    string
	current bool
}

// tree returns the VM's snapshots, each before its children; none where the VM is gone.
func (s *suite) tree(vmID string) []node {
	var vm mo.VirtualMachine
	ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: vmID}
	if err := s.client.RetrieveOne(withoutCancel(s.t), ref, []string{"snapshot"}, &vm); err != nil || vm.Snapshot == nil {
		return nil
	}
	var all []node
	var walk func(parent string, trees []types.VirtualMachineSnapshotTree)
	walk = func(parent string, trees []types.VirtualMachineSnapshotTree) {
		for _, tree := range trees {
			path := strings.TrimPrefix(parent+"/"+tree.Name, "/")
			current := vm.Snapshot.CurrentSnapshot != nil && *vm.Snapshot.CurrentSnapshot == tree.Snapshot
			all = append(all, node{tree, path, current})
			walk(path, tree.ChildSnapshotList)
		}
	}
	walk("", vm.Snapshot.RootSnapshotList)

	return all
}

// at returns the one snapshot at a path.
func (s *suite) at(path string) node {
	s.t.Helper()
	for _, found := range s.tree(s.vm.ID) {
		if found.path == path {
			return found
		}
	}
	s.t.Fatalf("there is no snapshot %q", path)

	return node{}
}

// takes has another client take a snapshot of the VM, and returns its id.
func (s *suite) takes(name string) string {
	s.t.Helper()
	vm := object.NewVirtualMachine(s.client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm.ID})
	task, err := vm.CreateSnapshot(s.t.Context(), name, "", false, false)
	s.must(err)
	info, err := task.WaitForResult(s.t.Context())
	s.must(err)
	ref, _ := info.Result.(types.ManagedObjectReference)

	return ref.Value
}

// renames has another client rename a snapshot.
func (s *suite) renames(id, name, description string) {
	s.t.Helper()
	_, err := methods.RenameSnapshot(s.t.Context(), s.client, &types.RenameSnapshot{
		This: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id}, Name: name, Description: description,
	})
	s.must(err)
}

// removes has another client remove a snapshot.
func (s *suite) removes(id string, children bool) {
	s.t.Helper()
	answer, err := methods.RemoveSnapshot_Task(s.t.Context(), s.client, &types.RemoveSnapshot_Task{
		This: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id}, RemoveChildren: children,
	})
	s.must(err)
	s.must(object.NewTask(s.client.Client, answer.Returnval).Wait(s.t.Context()))
}

// reverts has another client go back to a snapshot.
func (s *suite) reverts(id string) {
	s.t.Helper()
	answer, err := methods.RevertToSnapshot_Task(s.t.Context(), s.client, &types.RevertToSnapshot_Task{
		This: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id},
	})
	s.must(err)
	s.must(object.NewTask(s.client.Client, answer.Returnval).Wait(s.t.Context()))
}

// stateIs checks attributes of the snapshot: path, value, path, value and so on. A value is a string, a pattern of one, a
// bool or nil.
func stateIs(pairs ...any) []statecheck.StateCheck { return acctest.StateIs(before, pairs...) }

// withoutCancel returns the test's context for its cleanup.
func withoutCancel(t *testing.T) context.Context {
	t.Helper()

	return context.WithoutCancel(t.Context())
}
