package vsphereclone_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/pbm"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// policies returns the ids of two storage policies.
func (s *suite) policies() (gold, iron string) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	service, err := pbm.NewClient(s.t.Context(), client.Client)
	s.must(err)
	profiles, err := service.ProfileMap(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	s.server.ResetRequests()
	id := func(name string) string { return profiles.Name[name].GetPbmProfile().ProfileId.UniqueId }

	return id("vSAN Default Storage Policy"), id("VVol No Requirements Policy")
}

// hasPolicies checks the storage policies of the clone's own files and of its disks.
func hasPolicies(home string, disks map[string]string) func(vcenter.VM) error {
	return func(vm vcenter.VM) error {
		all := []error{acctest.Same("policy", vm.StoragePolicyID, home)}
		for key, want := range disks {
			all = append(all, acctest.Same("policy of "+key, vm.Disks[key].StoragePolicyID, want))
		}

		return errors.Join(all...)
	}
}

func policyLines(home, disk, added string) []string {
	return []string{
		fmt.Sprintf("storage_policy_id = %q", home), fmt.Sprintf(`disks_to_update = { "2000" = { storage_policy_id = %q } }`, disk),
		fmt.Sprintf(`disks_to_add = { data = { capacity_gib = 1, storage_policy_id = %q } }`, added),
	}
}

// Storage policies travel with the one task that clones, and change in place, also while the machine runs.
func TestAccVSphereClone_storagePolicies(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	gold, iron := s.policies()
	first, second := policyLines(gold, iron, gold), append(policyLines(iron, gold, iron), `power_on = true`)
	drifted := s.applied(plancheck.ResourceActionUpdate, s.clone(second...), "web", hasPolicies(iron, map[string]string{"2000": gold, "2002": iron}))
	drifted.PreConfig = func() {
		s.reconfigure("web", types.VirtualMachineConfigSpec{
			VmProfile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineEmptyProfileSpec{}},
		})
	}
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, s.clone(first...), "web", hasPolicies(gold, map[string]string{"2000": iron, "2001": "", "2002": gold})),
			s.requested(map[string]int{"CloneVM_Task": 1, "ReconfigVM_Task": 0})),
		and(s.applied(plancheck.ResourceActionUpdate, s.clone(second...), "web", hasPolicies(iron, map[string]string{"2000": gold, "2001": "", "2002": iron})),
			s.requested(map[string]int{"ReconfigVM_Task": 1})),
		resource.TestStep{
			ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{
				"storage_policy_id", "disks_to_update", "disks_to_add", "disks_to_update.%", "disks_to_update.2000.%", "disks_to_update.2000.storage_policy_id",
				"disks_to_add.%", "disks_to_add.data.%", "disks_to_add.data.capacity_gib", "disks_to_add.data.storage_policy_id", "disks_to_add.data.datastore_id",
				"disks_to_add.data.provisioning", "disks_to_add.data.mode", "disks_to_add.data.controller", "disks_to_add.data.unit_number", "disks_to_add.data.key",
				"power_on",
			},
		},
		drifted,
	)
}

// What the configuration does not set is left to others, and takes no request.
func TestAccVSphereClone_storagePoliciesUnset(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	gold, _ := s.policies()
	step := s.applied(plancheck.ResourceActionNoop, s.clone(), "web", hasPolicies(gold, nil))
	step.PreConfig = func() {
		s.reconfigure("web", types.VirtualMachineConfigSpec{
			VmProfile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: gold}},
		})
	}
	none := map[string]int{"PbmRetrieveServiceContent": 0, "PbmQueryProfile": 0, "PbmQueryAssociatedProfiles": 0}
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil), and(step, s.requested(none)))
}

// Mistakes are errors of the plan, on the argument.
func TestAccVSphereClone_storagePoliciesRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	gold, iron := s.policies()
	refused := func(words string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), ExpectError: acctest.Says(words)}
	}
	const none = "11111111-2222-3333-4444-555555555555"
	template := []string{`template = true`, fmt.Sprintf("storage_policy_id = %q", gold)}
	s.run(
		refused(`is no UUID`, `storage_policy_id = "gold"`),
		refused(`There is no storage policy "`+none, fmt.Sprintf("storage_policy_id = %q", none)),
		refused(`There is no storage policy "`+none, fmt.Sprintf(`disks_to_update = { "2000" = { storage_policy_id = %q } }`, none)),
		refused(`There is no storage policy "`+none, fmt.Sprintf(`disks_to_add = { data = { capacity_gib = 1, storage_policy_id = %q } }`, none)),
		s.applied(plancheck.ResourceActionCreate, s.clone(template...), "web", hasPolicies(gold, nil)),
		refused(`The hardware of a template can't be changed`, `template = true`, fmt.Sprintf("storage_policy_id = %q", iron)),
	)
}

// Policies that can't be read stay as the state has them, with a warning; what else there is to read is read.
func TestAccVSphereClone_storagePoliciesUnread(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	gold, _ := s.policies()
	config := s.clone(fmt.Sprintf("storage_policy_id = %q", gold))
	step := s.applied(plancheck.ResourceActionNoop, config, "web", hasPolicies(gold, nil))
	step.PreConfig = func() {
		s.server.Inject(vcenter.Fault{Method: "PbmQueryAssociatedProfiles", Code: "NoPermission"})
	}
	s.run(s.applied(plancheck.ResourceActionCreate, config, "web", nil), step)
}
