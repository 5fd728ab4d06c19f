package vsphereftsecondary_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// DRS moves the secondary: no drift, also where the configuration says where it is made.
func TestAccVSphereFTSecondary_moves(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	config := s.config(id("host_id", s.hosts[0]))
	s.run(
		s.applied(plancheck.ResourceActionCreate, config, nil),
		before(func() {
			_, secondary, err := s.pair(s.primary.ID)
			s.must(err)
			s.must(s.server.ChangeVM(secondary.ID, vcenter.Change{HostID: &s.hosts[1]}))
		}, resource.TestStep{
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}),
		resource.TestStep{
			RefreshState: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{
				PostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: resource.TestCheckResourceAttr(db, "secondary_host_id", s.hosts[1]),
		},
	)
}

func TestAccVSphereFTSecondary_import(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			config := s.config(id("host_id", s.hosts[0]))
			imported := func(importID string) resource.TestStep {
				return resource.TestStep{
					ResourceName: db, ImportState: true, ImportStateId: importID, ImportStateVerify: true,
					ImportStateVerifyIgnore: []string{"host_id", "state"},
				}
			}
			s.run(
				s.applied(plancheck.ResourceActionCreate, config, nil),
				imported(s.primary.ID), imported(s.primary.Path),
				resource.TestStep{
					ResourceName: db, ImportState: true, ImportStateId: s.other.ID, ExpectError: acctest.Says("No FT secondary has the primary"),
				},
			)
		})
	}
}

func TestAccVSphereFTSecondary_identity(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	created := s.applied(plancheck.ResourceActionCreate, s.config(), nil)
	created.ConfigStateChecks = []statecheck.StateCheck{statecheck.ExpectIdentity(db, map[string]knownvalue.Check{
		"vcenter_uuid": knownvalue.NotNull(), "primary_vm_id": knownvalue.StringExact(s.primary.ID),
	})}
	failedOver := s.applied(plancheck.ResourceActionUpdate, s.config(), nil)
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ProtoV6ProviderFactories: acctest.Factories(t),
		CheckDestroy:             s.unprotected,
		Steps: []resource.TestStep{
			created,
			{ResourceName: db, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			before(func() { s.running(s.failOver()) }, failedOver),
		},
	})
}

func TestAccVSphereFTSecondary_disappears(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.environment = []string{acctest.PlanErrors}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.config(), nil),
				before(s.turnOff, s.applied(plancheck.ResourceActionCreate, s.config(), nil)),
				before(s.turnOff, resource.TestStep{Config: s.config(), Destroy: true}),
				s.applied(plancheck.ResourceActionCreate, s.config(), nil),
				before(func() {
					s.turnOff()
					s.must(s.server.DestroyVM(s.primary.ID))
				}, resource.TestStep{
					Config: s.config(), PlanOnly: true, ExpectError: acctest.Says(fmt.Sprintf("There is no virtual machine %q", s.primary.ID)),
				}),
			)
		})
	}
}

// turnOff turns fault tolerance off behind Terraform's back.
func (s *suite) turnOff() {
	s.vim(func(client *govmomi.Client) {
		started, err := methods.TurnOffFaultToleranceForVM_Task(s.t.Context(), client,
			&types.TurnOffFaultToleranceForVM_Task{This: ref(s.primary.ID)})
		s.must(err)
		s.must(object.NewTask(client.Client, started.Returnval).Wait(s.t.Context()))
	})
}

// running waits until a pair is protected.
func (s *suite) running(primaryID string) {
	s.t.Helper()
	deadline, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		if vm, _ := s.vm(primaryID); vm.FaultTolerance != nil && vm.FaultTolerance.State == "running" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("%s is not protected in time", primaryID)
		}
	}
}

// failOver lets the host of the primary fail, and returns the id of the VM that takes over.
func (s *suite) failOver() string {
	s.t.Helper()
	s.running(s.primary.ID)
	_, secondary, err := s.pair(s.primary.ID)
	s.must(err)
	s.must(s.server.FailOver(s.primary.ID))

	return secondary.ID
}

// A fail-over shows as drift. The next apply fails back in place, and until then nothing removes the VM that the
// configuration wants to protect.
func TestAccVSphereFTSecondary_failOver(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			second := ""
			failBack := s.applied(plancheck.ResourceActionUpdate, s.config(), func(primary, secondary vcenter.VM) error {
				return errors.Join(acctest.Same("primary", primary.ID, s.primary.ID), acctest.Same("secondary", secondary.ID, second))
			})
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.config(), nil),
				before(func() { second = s.failOver() }, resource.TestStep{
					RefreshState: true, ExpectNonEmptyPlan: true,
					RefreshPlanChecks: resource.RefreshPlanChecks{
						PostRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction(db, plancheck.ResourceActionUpdate)},
					},
				}),
				resource.TestStep{
					Config: s.config(id("host_id", s.hosts[0])), PlanOnly: true, ExpectError: acctest.Says("is a secondary now and would be removed"),
				},
				before(func() { s.running(second) }, failBack),
			)
		})
	}
}

// The configuration follows a fail-over: nothing is left to do.
func TestAccVSphereFTSecondary_failOverFollowed(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	workspace := acctest.NewWorkspace(t, s.config())
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	second := s.failOver()
	plan := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	if !acctest.Says(fmt.Sprintf("%s failed over to %s", s.primary.ID, second)).MatchString(plan.Output) {
		t.Errorf("the plan does not say that it failed over:\n%s", plan.Output)
	}
	s.must(workspace.Write("main.tf", acctest.RequiredProviders+s.config(id("primary_vm_id", second))))
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	s.must(s.unprotected(nil))
}
