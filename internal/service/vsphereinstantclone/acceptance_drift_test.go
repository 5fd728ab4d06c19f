package vsphereinstantclone_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestAccVSphereInstantClone_disappears(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			s.run(
				resource.TestStep{
					Config:             s.fork(),
					Check:              func(*terraform.State) error { return s.server.DestroyVM(s.vm("runner").ID) },
					ExpectNonEmptyPlan: true,
				},
				s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
			)
		})
	}
}

func TestAccVSphereInstantClone_drift(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			configured := s.fork(`power_on = true`, `extra_config = { "guestinfo.name" = "runner" }`,
				fmt.Sprintf(`network_interfaces = { "4000" = { network_id = %q, connected = true, start_connected = true, mac_address = "00:50:56:00:00:01" } }`, s.network),
				acctest.Placement("folder_id", s.folder, "resource_pool_id", s.pool, "datastore_id", s.datastore))
			drifted := func(drift func(), repaired func(vm vcenter.VM) error) resource.TestStep {
				step := s.applied(plancheck.ResourceActionUpdate, configured, "runner", repaired)
				step.PreConfig = drift

				return step
			}
			changed := func(change vcenter.Change) func() { return func() { s.change("runner", change) } }
			setting := func(value string) func() {
				return func() {
					s.reconfigure("runner", types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{
						&types.OptionValue{Key: "guestinfo.name", Value: value}, &types.OptionValue{Key: "guestinfo.other", Value: "mine"},
					}})
				}
			}
			named := func(vm vcenter.VM) error {
				return errors.Join(acctest.Same("name", vm.ExtraConfig["guestinfo.name"], "runner"), acctest.Same("other", vm.ExtraConfig["guestinfo.other"], "mine"))
			}
			disconnected := func() {
				client := acctest.LogIn(s.t, s.server)
				devices, err := s.object(client, s.vm("runner").ID).Device(s.t.Context())
				s.must(err)
				nic := devices.FindByKey(4000)
				nic.GetVirtualDevice().Connectable.Connected, nic.GetVirtualDevice().Connectable.StartConnected = false, false
				s.must(s.object(client, s.vm("runner").ID).EditDevice(s.t.Context(), nic))
				s.must(client.Logout(s.t.Context()))
			}
			on := func(vm vcenter.VM) error { return acctest.Same("power", vm.PowerState, "poweredOn") }
			name := drifted(func() { s.change("runner", vcenter.Change{Name: new("drifted")}) }, nil)
			s.run(
				s.applied(plancheck.ResourceActionCreate, configured, "runner", nil),
				name,
				drifted(changed(vcenter.Change{FolderID: &s.prod}), func(vm vcenter.VM) error { return acctest.Same("folder", vm.FolderID, s.folder) }),
				drifted(changed(vcenter.Change{ResourcePoolID: &s.child}), func(vm vcenter.VM) error { return acctest.Same("pool", vm.ResourcePoolID, s.pool) }),
				drifted(changed(vcenter.Change{DatastoreID: &s.datastore1}), func(vm vcenter.VM) error {
					return acctest.Same("datastore", vm.DatastoreID, s.datastore)
				}),
				drifted(changed(vcenter.Change{PowerState: new("poweredOff")}), on),
				drifted(changed(vcenter.Change{PowerState: new("suspended")}), on),
				drifted(setting("other"), named),
				drifted(setting(""), named),
				drifted(disconnected, func(vcenter.VM) error {
					connection := s.ethernet("runner").Connectable

					return errors.Join(acctest.Same("connected", connection.Connected, true), acctest.Same("start connected", connection.StartConnected, true))
				}),
			)
		})
	}
}

// What the configuration leaves out is for others to change.
func TestAccVSphereInstantClone_noDrift(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			step := s.applied(plancheck.ResourceActionNoop, s.fork(), "runner", func(vm vcenter.VM) error {
				return errors.Join(acctest.Same("folder", vm.FolderID, s.prod), acctest.Same("power", vm.PowerState, "poweredOff"))
			})
			step.PreConfig = func() {
				s.change("runner", vcenter.Change{FolderID: &s.prod, ResourcePoolID: &s.child, DatastoreID: &s.datastore1, PowerState: new("poweredOff")})
				s.reconfigure("runner", types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{
					&types.OptionValue{Key: "guestinfo.other", Value: "mine"},
				}})
			}
			step.ConfigStateChecks = append(stateIs("placement.folder_id", s.prod, "placement.datastore_id", s.datastore1, "power_state", "poweredOff"),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("power_on"), knownvalue.Bool(false)))
			s.run(s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil), step)
		})
	}
}

// TestAccVSphereInstantClone_annotation sets the annotation as the machine is made, repairs it, and leaves it alone once it is unset.
func TestAccVSphereInstantClone_annotation(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	is := func(annotation string) func(vm vcenter.VM) error {
		return func(vm vcenter.VM) error { return acctest.Same("annotation", vm.Annotation, annotation) }
	}
	change := func() { s.reconfigure("runner", types.VirtualMachineConfigSpec{Annotation: "changed"}) }
	repaired := s.applied(plancheck.ResourceActionUpdate, s.fork(`annotation = "a"`), "runner", is("a"))
	left := s.applied(plancheck.ResourceActionNoop, s.fork(), "runner", is("changed"))
	repaired.PreConfig, left.PreConfig = change, change
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.fork(`annotation = "a"`), "runner", is("a")),
		repaired,
		s.applied(plancheck.ResourceActionUpdate, s.fork(`annotation = "b"`), "runner", is("b")),
		s.applied(plancheck.ResourceActionUpdate, s.fork(), "runner", is("b")),
		left,
	)
}
