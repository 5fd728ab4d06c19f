package vsphereclone_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// settingsOf returns the extraConfig of a VM.
func (s *suite) settingsOf(id string) map[string]string {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: id})
	var read mo.VirtualMachine
	s.must(vm.Properties(s.t.Context(), vm.Reference(), []string{"config.extraConfig"}, &read))
	s.must(client.Logout(s.t.Context()))

	settings := map[string]string{}
	for key, value := range object.OptionValueList(read.Config.ExtraConfig).Map() {
		settings[key] = fmt.Sprint(value)
	}

	return settings
}

// TestAccVSphereClone_template clones a template, which REST neither lists nor clones: by one CloneVM_Task that does all, with a stamp
// that no plan shows.
func TestAccVSphereClone_template(t *testing.T) {
	t.Parallel()
	for name, placement := range map[string]func(s *suite) []string{
		"in a pool": func(s *suite) []string {
			return []string{"resource_pool_id", s.child, "datastore_id", s.datastore1, "folder_id", s.prod}
		},
		"in a cluster": func(s *suite) []string { return []string{"cluster_id", s.other} },
		"on a host":    func(s *suite) []string { return []string{"host_id", s.otherHosts[1]} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			template := s.vm("golden-template").ID
			config := s.clone(
				fmt.Sprintf("source_vm_id = %q", template), acctest.Placement(placement(s)...),
				`disks_to_remove = ["2001"]`, `power_on = true`, `guest_customization_spec = { name = "linux" }`,
			)
			step := s.applied(plancheck.ResourceActionCreate, config, "web", func(vm vcenter.VM) error {
				var stamp struct{ Request, Source, Name string }
				return errors.Join(
					acctest.Same("template", vm.Template, false), acctest.Same("disks", len(vm.Disks), 1),
					acctest.Same("power state", vm.PowerState, "poweredOn"), acctest.Same("customized by", vm.CustomizationSpec, "linux"),
					json.Unmarshal([]byte(s.settingsOf(vm.ID)["vmfork.request"]), &stamp),
					acctest.Same("source in the stamp", stamp.Source, template), acctest.Same("name in the stamp", stamp.Name, "web"),
					acctest.Same("request in the stamp", len(stamp.Request), 36),
				)
			})
			step.Check = resource.ComposeAggregateTestCheckFunc(step.Check, func(*terraform.State) error {
				made := s.server.Requests().ByMethod

				return errors.Join(acctest.Same("CloneVM_Task", made["CloneVM_Task"], 1), acctest.Same(cloneMethod, made[cloneMethod], 0))
			})
			s.run(step)
		})
	}
}

// TestAccVSphereClone_templateRefused names the privileges that a clone of a template needs.
func TestAccVSphereClone_templateRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
		"Resource.AssignVMToPool", "Datastore.AllocateSpace")
	template := s.vm("golden-template").ID
	config := strings.NewReplacer(s.server.Username(), "ci", s.server.Password(), "secret").Replace(s.clone(
		fmt.Sprintf("source_vm_id = %q", template), acctest.Placement("resource_pool_id", s.pool), `guest_customization_spec = { name = "linux" }`))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{{Config: config, ExpectError: regexp.MustCompile(
			`VirtualMachine\.Provisioning\.DeployTemplate on ` + template)}},
	})
}
