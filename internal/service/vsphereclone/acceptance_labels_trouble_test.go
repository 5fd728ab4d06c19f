package vsphereclone_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccVSphereClone_labelsFail has a machine whose tags or custom attributes can't be set once it is made. It is in state, and tainted; the
// next apply makes another one, which has them.
func TestAccVSphereClone_labelsFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ method, code, want string }{
		"tags":              {attachTagMethod, "UNAUTHORIZED", `could not set its tags`},
		"custom attributes": {"SetField", "InvalidArgument", `could not set its custom attributes`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLabelled(t)
			config := l.clone(tagged(l.red), `custom_attributes = { owner = "ops" }`)
			var failed string
			l.run(
				resource.TestStep{
					PreConfig: func() {
						l.server.Inject(vcenter.Fault{Method: test.method, Code: test.code, Times: -1})
					},
					Config: config, ExpectError: acctest.Says(`Created VM "web", but ` + test.want),
				},
				func() resource.TestStep {
					step := l.applied(plancheck.ResourceActionReplace, config, "web", func(vm vcenter.VM) error {
						if vm.ID == failed {
							return fmt.Errorf("the VM is %s still", failed)
						}

						return labelsAre([]string{l.red}, "owner", "ops")(vm)
					})
					step.PreConfig = func() {
						failed = l.vm("web").ID
						l.server.ClearFaults()
					}

					return step
				}(),
			)
		})
	}
}

// TestAccVSphereClone_labelsChangeFails keeps the machine and repeats the change by the next apply.
func TestAccVSphereClone_labelsChangeFails(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	changed := l.clone(tagged(l.blue, l.iron), `custom_attributes = { owner = "dev" }`)
	again := l.applied(plancheck.ResourceActionUpdate, changed, "web", labelsAre([]string{l.blue, l.iron}, "owner", "dev"))
	again.PreConfig = l.server.ClearFaults
	l.run(
		l.applied(plancheck.ResourceActionCreate, l.clone(tagged(l.gold), `custom_attributes = { owner = "ops" }`), "web", nil),
		resource.TestStep{
			PreConfig:   func() { l.server.Inject(vcenter.Fault{Method: tagsOnVMMethod, Code: "INVALID_ARGUMENT", Times: -1}) },
			Config:      changed,
			ExpectError: acctest.Says(`Could not set the tags of VM "web"`),
		},
		again,
	)
}

// TestAccVSphereClone_labelsPrivileges warns of the privileges that tags and custom attributes need, and makes nothing without them where
// the attribute is not defined.
func TestAccVSphereClone_labelsPrivileges(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	l.server.AddUser("cloner", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
		"Resource.AssignVMToPool", "Datastore.AllocateSpace", "VirtualMachine.Inventory.Delete", "VirtualMachine.Config.AdvancedConfig")
	config := strings.NewReplacer(l.server.Username(), "cloner", l.server.Password(), "secret").Replace(
		l.clone(tagged(l.red), `custom_attributes = { owner = "ops" }`))
	l.run(resource.TestStep{
		Config: config, ExpectError: regexp.MustCompile(`(?s)could\s+not\s+set\s+its\s+tags.*InventoryService\.Tagging\.AttachTag`),
	})
}
