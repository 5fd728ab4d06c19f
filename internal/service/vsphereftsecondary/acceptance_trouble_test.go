package vsphereftsecondary_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A secondary that can't be powered on was made all the same: it is in state, not tainted, and the CLI warns.
func TestAccVSphereFTSecondary_powerOnFails(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			fails := func() {
				s.server.Inject(vcenter.Fault{
					Method: vcenter.PowerOnSecondary, Code: "InsufficientResourcesFault", Message: "no host can run it",
					Where: vcenter.FaultInTask,
				})
			}
			powered := func(want string) func(primary, secondary vcenter.VM) error {
				return func(_, secondary vcenter.VM) error { return acctest.Same("power", secondary.PowerState, want) }
			}
			off := s.applied(plancheck.ResourceActionCreate, s.config(), powered("poweredOff"))
			off.ConfigStateChecks = []statecheck.StateCheck{
				is("power_on_attempted", knownvalue.Bool(true)),
				is("power_on_fault", knownvalue.StringRegexp(regexp.MustCompile("InsufficientResourcesFault: no host can run it"))),
				is("state", knownvalue.StringExact("needSecondary")),
			}
			again := s.applied(plancheck.ResourceActionUpdate, s.config(), powered("poweredOn"))
			again.ConfigStateChecks = []statecheck.StateCheck{is("power_on_fault", knownvalue.Null())}
			s.run(
				before(fails, off),
				s.applied(plancheck.ResourceActionUpdate, s.config(`enabled = false`), powered("poweredOff")),
				again,
			)
		})
	}
}

// The warning about a secondary that does not run, as a user sees it.
func TestAccVSphereFTSecondary_powerOnWarning(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	workspace := acctest.NewWorkspace(t, s.config())
	s.server.Inject(vcenter.Fault{
		Method: vcenter.PowerOnSecondary, Code: "InsufficientResourcesFault", Message: "no host can run it", Where: vcenter.FaultInTask,
	})
	result := acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-no-color")
	if !strings.Contains(result.Output, "Warning: The FT secondary of") || !acctest.Says("no host can run it").MatchString(result.Output) {
		t.Errorf("the apply does not warn:\n%s", result.Output)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// Where DRS is manual, its recommendation is shown or applied.
func TestAccVSphereFTSecondary_manualDRS(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			manual := "manual"
			s.must(s.server.ChangeCluster(s.cluster, vcenter.ClusterChange{DRS: &manual}))
			power := func(want string) func(primary, secondary vcenter.VM) error {
				return func(_, secondary vcenter.VM) error { return acctest.Same("power", secondary.PowerState, want) }
			}
			waits := s.applied(plancheck.ResourceActionCreate, s.config(), power("poweredOff"))
			waits.ConfigStateChecks = []statecheck.StateCheck{
				is("recommendations", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
					"key": knownvalue.NotNull(), "cluster_id": knownvalue.StringExact(s.cluster), "reason": knownvalue.NotNull(),
				})})),
			}
			applied := s.applied(plancheck.ResourceActionUpdate, s.config(`apply_drs_recommendation = true`), power("poweredOn"))
			applied.ConfigStateChecks = []statecheck.StateCheck{is("recommendations", knownvalue.ListSizeExact(0))}
			s.run(
				waits, applied,
				s.applied(plancheck.ResourceActionUpdate, s.config(`enabled = false`, `apply_drs_recommendation = true`), power("poweredOff")),
				s.applied(plancheck.ResourceActionUpdate, s.config(`apply_drs_recommendation = true`), power("poweredOn")),
			)
		})
	}
}

// With leave to apply it from the start, nothing is left to do.
func TestAccVSphereFTSecondary_manualDRSApplied(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			manual := "manual"
			s.must(s.server.ChangeCluster(s.cluster, vcenter.ClusterChange{DRS: &manual}))
			step := s.applied(plancheck.ResourceActionCreate, s.config(`apply_drs_recommendation = true`),
				func(_, secondary vcenter.VM) error {
					return acctest.Same("power", secondary.PowerState, "poweredOn")
				})
			step.ConfigStateChecks = []statecheck.StateCheck{
				is("recommendations", knownvalue.ListSizeExact(0)), is("power_on_attempted", knownvalue.Bool(true)),
			}
			s.run(step)
		})
	}
}

// A creation waits for a pair that starts.
func TestAccVSphereFTSecondary_starts(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	s.server.HoldStarting(true)
	step := s.applied(plancheck.ResourceActionCreate, s.config(), nil)
	step.ConfigStateChecks = []statecheck.StateCheck{is("state", knownvalue.StringExact("running"))}
	var group sync.WaitGroup
	group.Go(func() {
		acctest.Until(t, "the pair starts", func() bool {
			vm, _ := s.vm(s.primary.ID)

			return vm.FaultTolerance != nil && vm.FaultTolerance.State == "starting"
		})
		s.server.HoldStarting(false)
	})
	s.run(step)
	group.Wait()
}

// A pair that does not run in time is in state, not tainted, and the CLI warns.
func TestAccVSphereFTSecondary_staysStarting(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	s.server.HoldStarting(true)
	workspace := acctest.NewWorkspace(t, s.config(`timeouts = { create = "20s" }`))
	result := acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-no-color")
	if !acctest.Says("does not run yet").MatchString(result.Output) || !acctest.Says(`the pair is "starting"`).MatchString(result.Output) {
		t.Errorf("the apply does not warn:\n%s", result.Output)
	}
	s.onlyPair(workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	s.server.HoldStarting(false)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// A primary that is off gets a secondary that is off, which is not tried to be powered on.
func TestAccVSphereFTSecondary_primaryOff(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	off := "poweredOff"
	s.must(s.server.ChangeVM(s.primary.ID, vcenter.Change{PowerState: &off}))
	step := s.applied(plancheck.ResourceActionCreate, s.config(), func(_, secondary vcenter.VM) error {
		return acctest.Same("power", secondary.PowerState, "poweredOff")
	})
	step.ConfigStateChecks = []statecheck.StateCheck{
		is("power_on_attempted", knownvalue.Bool(false)), is("power_on_fault", knownvalue.Null()),
		is("state", knownvalue.StringExact("enabled")),
	}
	s.run(step)
}

// The plan says what would fail, before anything is made.
func TestAccVSphereFTSecondary_planChecks(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.environment = []string{acctest.PlanErrors}
			yes, no := true, false
			refused := func(words string, arguments ...string) resource.TestStep {
				return resource.TestStep{Config: s.config(arguments...), PlanOnly: true, ExpectError: acctest.Says(words)}
			}
			cluster := func(change vcenter.ClusterChange) func() {
				return func() { s.must(s.server.ChangeCluster(s.cluster, change)) }
			}
			device := "pci-passthrough"
			s.run(
				refused(`There is no virtual machine "vm-999999"`, id("primary_vm_id", "vm-999999")),
				refused("is a template", id("primary_vm_id", s.named("golden-template").ID)),
				refused(`There is no host "host-999999"`, id("host_id", "host-999999")),
				refused("itself", id("host_id", s.primary.HostID)),
				refused("is not in the cluster of", id("host_id", s.server.ID("/DC0/host/DC0_C1/DC0_C1_H0"))),
				refused(`There is no datastore "datastore-999999"`, id("metadata_datastore_id", "datastore-999999")),
				refused(`There is no datastore "datastore-999999"`, id("config_datastore_id", "datastore-999999")),
				refused(`has no disk "2999"`, fmt.Sprintf(`disk_datastores = { "2999" = %q }`, s.datastore)),
				refused("Invalid managed object id", id("host_id", s.datastore)),
				before(cluster(vcenter.ClusterChange{HighAvailability: &no}), refused("without vSphere HA")),
				before(cluster(vcenter.ClusterChange{HighAvailability: &yes, FaultToleranceLicensed: &no}), refused("FaultToleranceNotLicensed")),
				before(func() {
					cluster(vcenter.ClusterChange{FaultToleranceLicensed: &yes})()
					s.must(s.server.ChangeVM(s.primary.ID, vcenter.Change{AttachDevice: &device}))
				}, refused("VmConfigIncompatibleForFaultTolerance")),
				before(func() {
					s.must(s.server.ChangeVM(s.primary.ID, vcenter.Change{DetachDevices: &yes}))
				}, s.applied(plancheck.ResourceActionCreate, s.config(), nil)),
			)
		})
	}
}

// A user who lacks nothing but the one privilege is told which, and on what.
func TestAccVSphereFTSecondary_restricted(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.server.AddUser("operator", "operator", "VirtualMachine.Config.QueryFTCompatibility",
				"VirtualMachine.Interact.TurnOffFaultTolerance", "VirtualMachine.Interact.EnableSecondary",
				"VirtualMachine.Interact.DisableSecondary", "VirtualMachine.Interact.PowerOn")
			config := strings.NewReplacer(s.server.Username(), "operator", s.server.Password(), "operator").Replace(s.config())
			s.run(resource.TestStep{Config: config, ExpectError: regexp.MustCompile(
				`(?s)The\s+user\s+"operator"\s+lacks\s+this\s+privilege:.*VirtualMachine\.Interact\.CreateSecondary on ` + s.primary.ID + `\s+\(primary_vm_id\)`)})
			if _, _, err := s.pair(s.primary.ID); err == nil {
				t.Error("the primary has a secondary")
			}
		})
	}
}

// A creation that runs out of time is cancelled, and the next apply makes the secondary.
func TestAccVSphereFTSecondary_timeout(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			config := s.config(`timeouts = { create = "3s" }`)
			s.run(
				before(func() { s.server.HoldTasks(createMethod) }, resource.TestStep{
					Config: config, ExpectError: acctest.Says("was not created within 3s"),
				}),
				before(func() {
					s.must(s.unprotected(nil))
					s.server.ReleaseTasks()
				}, resource.TestStep{Config: s.config(), Check: s.applied("", "", nil).Check}),
			)
		})
	}
}

// A provider whose configuration is known only after apply plans without its vCenter.
func TestAccVSphereFTSecondary_unknownProvider(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	unknown := strings.Replace(s.config(), fmt.Sprintf("endpoint   = %q", s.server.Endpoint()), "endpoint = terraform_data.endpoint.output", 1)
	if unknown == s.config() {
		t.Fatal("the provider configuration has another form")
	}
	s.run(s.applied(plancheck.ResourceActionCreate,
		fmt.Sprintf("resource \"terraform_data\" \"endpoint\" {\n  input = %q\n}\n", s.server.Endpoint())+unknown, nil))
}
