package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planSecondary checks a secondary against the inventory as it stands.
func (s *ftRules) planSecondary(
	ref types.ManagedObjectReference, host *types.ManagedObjectReference, spec *types.FaultToleranceConfigSpec,
) (*secondaryPlan, *problem) {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return nil, notFound(ref)
	}
	if p := s.checkFTAllowed(vm); p != nil {
		return nil, p
	}
	if issues := s.ftIssues(vm); len(issues) > 0 {
		return nil, issues[0]
	}
	plan := &secondaryPlan{primary: vm}
	if p := s.planMetro(plan, spec); p != nil {
		return nil, p
	}
	if p := s.planFiles(plan, spec); p != nil {
		return nil, p
	}
	if p := s.checkFTFiles(plan); p != nil {
		return nil, p
	}

	return plan, s.chooseFTHost(plan, host)
}

// planMetro checks the host group of a metro cluster pair.
func (s *ftRules) planMetro(plan *secondaryPlan, spec *types.FaultToleranceConfigSpec) *problem {
	if spec == nil || spec.MetroFtEnabled == nil && spec.MetroFtHostGroup == "" {
		return nil
	}
	if !isTrue(spec.MetroFtEnabled) {
		return nil
	}
	cluster, ok := s.inventory.clusterOf(plan.primary)
	if !ok {
		return nil
	}
	if _, found := hostGroup(cluster, spec.MetroFtHostGroup); !found {
		return configIssue(plan.primary, types.VmFaultToleranceConfigIssueReasonForIssueNoHostGroupConfigured,
			fmt.Sprintf("Cluster %s has no host group %q.", cluster.Name, spec.MetroFtHostGroup))
	}
	plan.group = spec.MetroFtHostGroup

	return nil
}

// hostGroup finds a cluster's host group by its name.
func hostGroup(cluster *simulator.ClusterComputeResource, name string) (*types.ClusterHostGroup, bool) {
	for _, group := range clusterConfig(cluster).Group {
		if hosts, ok := group.(*types.ClusterHostGroup); ok && hosts.Name == name {
			return hosts, true
		}
	}

	return nil, false
}

func inGroup(cluster *simulator.ClusterComputeResource, name string, host types.ManagedObjectReference) bool {
	group, ok := hostGroup(cluster, name)

	return ok && slices.Contains(group.Host, host)
}
