package zstackclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// Each strategy with each power_on that does not contradict it: the clone call alone brings the VM to where it has to be, and the
// state tells what is there.
func TestAccZStackClone_strategies(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	wanted := map[string]struct{ strategy, powerOn, state string }{
		"nothing":     {"null", "null", "Running"},
		"on":          {"null", "true", "Running"},
		"off":         {"null", "false", "Stopped"},
		"instant":     {`"InstantStart"`, "null", "Running"},
		"instant-on":  {`"InstantStart"`, "true", "Running"},
		"stopped":     {`"CreateStopped"`, "null", "Stopped"},
		"stopped-off": {`"CreateStopped"`, "false", "Stopped"},
		"record":      {`"JustCreate"`, "null", "Created"},
		"record-off":  {`"JustCreate"`, "false", "Created"},
	}
	config := acctest.ZStackProviderConfig(server)
	var checks []statecheck.StateCheck
	for name, one := range wanted {
		config += fmt.Sprintf(`
resource "vmfork_zstack_clone" %[1]q {
  name           = %[1]q
  source_vm_uuid = %[2]q
  full           = true
  strategy       = %[3]s
  power_on       = %[4]s
}
`, name, server.ID("vm", "golden"), one.strategy, one.powerOn)
		at := "vmfork_zstack_clone." + name
		volumes := knownvalue.Check(knownvalue.ListSizeExact(1))
		if one.state == "Created" {
			volumes = knownvalue.Null() // it gets them when it is first started
		}
		checks = append(checks,
			statecheck.ExpectKnownValue(at, tfjsonpath.New("state"), knownvalue.StringExact(one.state)),
			statecheck.ExpectKnownValue(at, tfjsonpath.New("power_on"), knownvalue.Bool(one.state == "Running")),
			statecheck.ExpectKnownValue(at, tfjsonpath.New("data_volume_uuids"), volumes),
		)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{{
			Config:            config,
			ConfigStateChecks: checks,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}, {
			PreConfig: func() {
				for name, one := range wanted {
					if vm, _ := server.VM(name); vm.State != one.state {
						t.Errorf("VM %q is %s, want %s", name, vm.State, one.state)
					}
				}
				for _, method := range []string{"StartVmInstance", "StopVmInstance", "UpdateVmInstance"} {
					if calls := server.Requests().ByMethod[method]; calls != 0 {
						t.Errorf("%d calls of %s", calls, method)
					}
				}
			},
			Config: config, PlanOnly: true,
		}},
	})
}

// A strategy applies at creation only: what was made stopped, or as a record, runs as soon as power_on says so, and its
// data volumes are its own also where they only come to be then.
func TestAccZStackClone_startedLater(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"CreateStopped", "JustCreate"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			before := len(s.server.Volumes())
			started := s.applied(updates, s.clone("full = true", "power_on = true", "expunge_on_destroy = true"), "web", func(vm zstacksim.VM) error {
				return acctest.Same("state", vm.State, "Running")
			})
			started.ConfigStateChecks = []statecheck.StateCheck{
				statecheck.ExpectKnownValue(web, tfjsonpath.New("data_volume_uuids"), knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue(web, tfjsonpath.New("ip_addresses"), knownvalue.ListSizeExact(1)),
			}
			s.run(
				s.applied(creates, s.clone("full = true", fmt.Sprintf("strategy = %q", strategy)), "web", nil),
				started,
			)
			if after := len(s.server.Volumes()); after != before {
				t.Errorf("%d volumes are left, want %d", after, before)
			}
		})
	}
}
