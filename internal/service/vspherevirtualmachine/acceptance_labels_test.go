package vspherevirtualmachine_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccVSphereVirtualMachine_labels shows tags and custom attributes, and all else where the tagging API does not answer.
func TestAccVSphereVirtualMachine_labels(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	labels := acctest.NewLabels(t, server)
	red := labels.Tag(labels.Category("team", false), "red")
	labels.Define("owner", "VirtualMachine")
	labels.Define("rack", "")
	labels.Attach("golden-template", red)
	labels.Set("golden-template", "owner", "ops")
	labels.Set("golden-template", "rack", "")
	config := acctest.ProviderConfig(server) + dataSource("golden", "name", "golden-template")
	is := func(tags knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(golden, tfjsonpath.New("tags"), tags),
			statecheck.ExpectKnownValue(golden, tfjsonpath.New("custom_attributes"), knownvalue.MapExact(map[string]knownvalue.Check{
				"owner": knownvalue.StringExact("ops"),
			})),
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: is(knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact(red)}))},
			{
				PreConfig: func() {
					server.Inject(vcenter.Fault{
						Method: "POST /api/cis/tagging/tag-association?action=list-attached-tags-on-objects", Code: "UNAUTHORIZED", Times: -1,
					})
				},
				Config: config, ConfigStateChecks: is(knownvalue.Null()),
			},
		},
	})
}
