package vsphereclone_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// checkCalls checks how often vCenter was asked to check a clone and a relocation since the last such check.
func (s *suite) checkCalls(clones, relocations int) func(*terraform.State) error {
	return func(*terraform.State) error {
		counts := s.server.Requests().ByMethod
		s.server.ResetRequests()
		if counts["CheckClone_Task"] != clones || counts["CheckRelocate_Task"] != relocations {
			return fmt.Errorf("%d checks of clones and %d of relocations, want %d and %d: %v",
				counts["CheckClone_Task"], counts["CheckRelocate_Task"], clones, relocations, counts)
		}

		return nil
	}
}

// TestAccVSphereClone_dryRun has vCenter check clones and relocations that a plan makes: one check for all that differ in name alone, and none for
// what stays.
func TestAccVSphereClone_dryRun(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	fleet := func(place string) string {
		return acctest.ProviderConfig(s.server) + acctest.Resource("vmfork_vsphere_clone", "web", []string{
			`count = 5`, `name = "web-${count.index}"`, fmt.Sprintf("placement = { datastore_id = %q }", place), `annotation = "number ${count.index}"`,
			`extra_config = { "guestinfo.number" = count.index }`,
		}, fmt.Sprintf("source_vm_id = %q", s.golden.ID))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t), CheckDestroy: acctest.CheckNoVM(s.server, "web-0", "web-4"),
		Steps: []resource.TestStep{
			// The apply plans once more what it makes.
			{Config: fleet(s.datastore), PreConfig: s.server.ResetRequests, Check: s.checkCalls(2, 0)},
			{Config: fleet(s.datastore), PlanOnly: true},
			{Config: fleet(s.datastore), Check: s.checkCalls(0, 0)},
			{Config: fleet(s.datastore1), Check: s.checkCalls(0, 10)},
		},
	})
}

// TestAccVSphereClone_dryRunFinds reports what vCenter's check finds and no check of the plan itself, once for five clones.
func TestAccVSphereClone_dryRunFinds(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	s.must(s.server.ChangeDatastore(s.datastore1, nil, new(int64(1))))
	fleet := acctest.Resource("vmfork_vsphere_clone", "web", []string{
		`count = 5`, `name = "web-${count.index}"`, fmt.Sprintf("placement = { datastore_id = %q }", s.datastore1),
	}, fmt.Sprintf("source_vm_id = %q", s.golden.ID))
	s.run(
		resource.TestStep{
			Config: acctest.ProviderConfig(s.server) + fleet, PlanOnly: true, PreConfig: s.server.ResetRequests,
			ExpectError: regexp.MustCompile(`(?s)^Error running.{1,60}Error: vCenter would refuse to clone VM "web-\d" (?:[^E]|E[^r])*$`),
		},
		resource.TestStep{
			PreConfig: func() { s.must(s.checkCalls(1, 0)(nil)) },
			Config:    acctest.ProviderConfig(s.server, "dry_run = false") + fleet, PlanOnly: true, ExpectNonEmptyPlan: true,
		},
	)
	s.must(s.checkCalls(0, 0)(nil))
}

// TestAccVSphereClone_dryRunRefused plans on a vCenter that does not check, and for a user who may not have it checked.
func TestAccVSphereClone_dryRunRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"NotSupported", "NoPermission"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.environment = []string{acctest.PlanErrors}
			s.server.Inject(vcenter.Fault{Method: "CheckClone_Task", Code: code, Times: -1})
			s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", func(vcenter.VM) error { return nil }))
			if s.server.Requests().ByMethod["CheckClone_Task"] == 0 {
				t.Error("vCenter was not asked")
			}
		})
	}
}
