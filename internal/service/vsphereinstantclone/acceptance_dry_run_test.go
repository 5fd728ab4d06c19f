package vsphereinstantclone_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccVSphereInstantClone_dryRun has vCenter check instant clones that a plan makes: once for all that differ in name, settings and addresses
// alone, and not for those that stay. What it finds is an error of the plan.
func TestAccVSphereInstantClone_dryRun(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	fleet := acctest.ProviderConfig(s.server) + acctest.Resource("vmfork_vsphere_instant_clone", "runner", []string{
		`count = 3`, `name = "runner-${count.index}"`, fmt.Sprintf("placement = { datastore_id = %q }", s.datastore1),
		`extra_config = { "guestinfo.number" = count.index }`,
		`network_interfaces = { "4000" = { mac_address = "00:50:56:00:0a:0${count.index}", connected = false } }`,
	}, fmt.Sprintf("source_vm_id = %q", s.golden.ID))
	checks := func(want int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			counts := s.server.Requests().ByMethod
			s.server.ResetRequests()

			return acctest.Same("checks", counts["CheckInstantClone_Task"], want)
		}
	}
	full := func(free int64) func() {
		return func() {
			s.must(s.server.ChangeDatastore(s.datastore1, nil, &free))
			s.server.ResetRequests()
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t, acctest.PlanErrors), CheckDestroy: acctest.CheckNoVM(s.server, "runner-0", "runner-2"),
		Steps: []resource.TestStep{
			{
				Config: fleet, PlanOnly: true, PreConfig: full(1),
				ExpectError: regexp.MustCompile(`(?s)^Error running.{1,60}Error: vCenter would refuse to make the instant clone VM (?:[^E]|E[^r])*$`),
			},
			{Config: fleet, PreConfig: full(1 << 40), Check: checks(2)}, // the apply plans once more what it makes
			{Config: fleet, Check: checks(0)},
		},
	})
}
