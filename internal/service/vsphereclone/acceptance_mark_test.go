package vsphereclone_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// marked checks whether the machine is a template, and in which pool it is.
func marked(template bool, pool string) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error {
		return errors.Join(acctest.Same("template", vm.Template, template), acctest.Same("pool", vm.ResourcePoolID, pool),
			acctest.Same("annotation", vm.Annotation, "golden image"))
	}
}

const annotated = `annotation = "golden image"`

// TestAccVSphereClone_mark makes a template by one CloneVM_Task, of a machine and of a template, makes a machine of it and a template again,
// in place, and repairs both.
func TestAccVSphereClone_mark(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	const template, machine = `template = true`, `template = false`
	made := s.applied(plancheck.ResourceActionCreate, s.clone(template, annotated), "web", func(vm vcenter.VM) error {
		made := s.server.Requests().ByMethod

		return errors.Join(marked(true, "")(vm), acctest.Same("CloneVM_Task", made["CloneVM_Task"], 1),
			acctest.Same("MarkAsTemplate", made["MarkAsTemplate"], 0))
	})
	made.ConfigStateChecks = stateIs("template", true, "power_on", false, "placement.resource_pool_id", nil)
	inChild := acctest.Placement("resource_pool_id", s.child)
	running := s.clone(machine, annotated, inChild, `power_on = true`)
	unmarkedByHand := s.applied(plancheck.ResourceActionUpdate, s.clone(template, annotated), "web", marked(true, ""))
	unmarkedByHand.PreConfig = func() { s.must(s.server.ChangeVM(s.vm("web").ID, vcenter.Change{Template: new(false)})) }
	markedByHand := s.applied(plancheck.ResourceActionUpdate, running, "web", func(vm vcenter.VM) error {
		return errors.Join(marked(false, s.child)(vm), acctest.Same("power state", vm.PowerState, "poweredOn"))
	})
	markedByHand.PreConfig = func() {
		s.must(s.server.ChangeVM(s.vm("web").ID, vcenter.Change{PowerState: new("poweredOff"), Template: new(true)}))
	}
	s.run(
		made,
		unmarkedByHand,
		s.applied(plancheck.ResourceActionUpdate, running, "web", marked(false, s.child)),
		markedByHand,
		s.applied(plancheck.ResourceActionUpdate, s.clone(template, annotated, inChild, `power_on = false`), "web", marked(true, "")),
		s.applied(plancheck.ResourceActionUpdate, s.clone(machine, annotated, acctest.Placement("cluster_id", s.other)), "web", marked(false, s.otherPool)),
		s.applied(plancheck.ResourceActionUpdate, s.clone(template, annotated, acctest.Placement("cluster_id", s.other)), "web", marked(true, "")),
		s.applied(plancheck.ResourceActionUpdate, s.clone(machine, annotated, acctest.Placement("host_id", s.hosts[1], "folder_id", s.prod,
			"datastore_id", s.datastore1)), "web", func(vm vcenter.VM) error {
			return errors.Join(marked(false, s.pool)(vm), acctest.Same("host", vm.HostID, s.hosts[1]), acctest.Same("folder", vm.FolderID, s.prod),
				acctest.Same("datastore", vm.DatastoreID, s.datastore1))
		}),
	)
}

// TestAccVSphereClone_markOfATemplate makes a template of a template, which takes no place, and imports it.
func TestAccVSphereClone_markOfATemplate(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), `template = true`)
	s.run(
		s.applied(plancheck.ResourceActionCreate, config, "web", func(vm vcenter.VM) error { return acctest.Same("template", vm.Template, true) }),
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
	)
}

// TestAccVSphereClone_markRefused is the configuration's or the plan's to say.
func TestAccVSphereClone_markRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	refused := func(text string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), PlanOnly: true, ExpectError: acctest.Says(text)}
	}
	template := fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID)
	s.run(
		refused("It can't be powered on", `template = true`, `power_on = true`),
		refused("It never reports an IP address", `template = true`, `power_on = true`, `wait_for_guest_ip = "1m"`),
		refused("Customize the clones of the template", `template = true`, `guest_customization_spec = { name = "linux" }`),
		s.applied(plancheck.ResourceActionCreate, s.clone(template, `template = true`), "web", nil),
		refused("A machine needs a place to run", template, `template = false`),
		refused("The hardware of a template can't be changed", template, `template = true`, `extra_config = { "guestinfo.role" = "web" }`),
		s.applied(plancheck.ResourceActionUpdate, s.clone(template, `template = false`, `power_on = true`,
			acctest.Placement("resource_pool_id", s.pool), `extra_config = { "guestinfo.role" = "web" }`), "web", nil),
		refused("Set power_on = false as well", template, `template = true`, acctest.Placement("resource_pool_id", s.pool)),
	)
}

// TestAccVSphereClone_markUnset leaves it to others whether the machine is a template.
func TestAccVSphereClone_markUnset(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		resource.TestStep{
			PreConfig: func() { s.must(s.server.ChangeVM(s.vm("web").ID, vcenter.Change{Template: new(true)})) },
			Config:    s.clone(), PlanOnly: true,
		},
	)
}
