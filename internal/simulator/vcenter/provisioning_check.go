package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// The provisioning checker checks whether an operation would succeed now, by the rules of the operation itself. It needs
// no privilege and changes nothing.

// checkOutcome is what one check of the provisioning checker found.
type checkOutcome struct {
	host     types.ManagedObjectReference
	warnings []*problem
	errors   []*problem
}

// provisioningChecker is vim25's VirtualMachineProvisioningChecker.
type provisioningChecker struct {
	inventory     *inventory
	clones        *cloner
	instantClones *instantCloner
	relocations   *relocator
}

// methods returns the vim25 methods that this store answers.
func (s *provisioningChecker) methods() map[string]method {
	return map[string]method{
		"VirtualMachineProvisioningChecker.CheckInstantClone_Task": {task: s.planCheckInstantClone},
		"VirtualMachineProvisioningChecker.CheckClone_Task":        {task: s.planCheckClone},
		"VirtualMachineProvisioningChecker.CheckRelocate_Task":     {task: s.planCheckRelocate},
	}
}

// planCheck plans a task that answers with the outcome of a check as things stand then.
func (s *provisioningChecker) planCheck(vm types.ManagedObjectReference, tests []string, check func() checkOutcome) (taskPlan, *problem) {
	if !isA[*simulator.VirtualMachine](s.inventory.registry.Get(vm)) {
		return taskPlan{}, notFound(vm)
	}
	for _, test := range tests {
		var all types.CheckTestType
		if !slices.Contains(all.Strings(), test) {
			return taskPlan{}, badArgument("testType", "There is no test type %q.", test)
		}
	}

	return taskPlan{effect: func(*simulator.Context) (types.AnyType, *problem) {
		outcome := check()
		result := types.CheckResult{Vm: &vm}
		if outcome.host.Value != "" {
			result.Host = &outcome.host
		}
		for _, each := range outcome.warnings {
			result.Warning = append(result.Warning, *each.localized())
		}
		for _, each := range outcome.errors {
			result.Error = append(result.Error, *each.localized())
		}

		return types.ArrayOfCheckResult{CheckResult: []types.CheckResult{result}}, nil
	}}, nil
}

func wants(tests []string, test types.CheckTestType) bool {
	return len(tests) == 0 || slices.Contains(tests, string(test))
}

// planCheckInstantClone plans CheckInstantClone_Task.
func (s *provisioningChecker) planCheckInstantClone(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CheckInstantClone_Task](c)

	return s.planCheck(req.Vm, req.TestType, func() (outcome checkOutcome) {
		plan, checks, p := s.instantClones.instantChecks(instantRequest{source: req.Vm, spec: req.Spec, user: administrator})
		if p != nil {
			outcome.errors = append(outcome.errors, p)

			return outcome
		}
		outcome.host = plan.placement.host
		for _, each := range checks {
			if !wants(req.TestType, each.test) {
				continue
			}
			if p := each.check(); p != nil {
				outcome.errors = append(outcome.errors, p)
			}
		}
		if frozen := plan.original.Runtime.InstantCloneFrozen; wants(req.TestType, types.CheckTestTypeSourceTests) &&
			(frozen == nil || !*frozen) {
			outcome.warnings = append(outcome.warnings, explained(
				&types.GenericVmConfigFault{Reason: "instantCloneFrozen"}, errorError,
				"The source is not frozen: each clone starts where the source is at that moment."))
		}

		return outcome
	})
}

// planCheckClone plans CheckClone_Task.
func (s *provisioningChecker) planCheckClone(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CheckClone_Task](c)
	clone := *c
	clone.this, clone.user, clone.method = req.Vm, administrator, "CloneVM_Task"
	clone.body = &types.CloneVM_Task{This: req.Vm, Folder: req.Folder, Name: req.Name, Spec: req.Spec}

	return s.planCheck(req.Vm, req.TestType, func() (outcome checkOutcome) {
		plan, p := s.clones.planVimClone(&clone)
		if p == nil {
			outcome.host = plan.placement.host
			p = s.clones.checkConfig(plan)
		}
		if p != nil && wants(req.TestType, testOf(p)) {
			outcome.errors = append(outcome.errors, p)
		}

		return outcome
	})
}

// planCheckRelocate plans CheckRelocate_Task.
func (s *provisioningChecker) planCheckRelocate(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CheckRelocate_Task](c)
	relocate := *c
	relocate.this, relocate.user, relocate.method = req.Vm, administrator, "RelocateVM_Task"

	return s.planCheck(req.Vm, req.TestType, func() (outcome checkOutcome) {
		plan, p := s.relocations.planRelocation(&relocate, req.Spec)
		if p != nil {
			if wants(req.TestType, testOf(p)) {
				outcome.errors = append(outcome.errors, p)
			}

			return outcome
		}
		outcome.host = plan.to.host

		return outcome
	})
}

// testOf returns the group of tests that finds a problem.
func testOf(p *problem) types.CheckTestType {
	switch p.fault.(type) {
	case types.BaseInvalidDatastore, types.BaseFileFault:
		return types.CheckTestTypeDatastoreTests
	case types.BaseHostCommunication:
		return types.CheckTestTypeHostTests
	case types.BaseInsufficientResourcesFault:
		return types.CheckTestTypeResourcePoolTests
	default:
		return types.CheckTestTypeSourceTests
	}
}
