package vsphere

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

// CheckSeverity says what a [CheckFinding] means for the operation that was checked.
type CheckSeverity int

// The severities.
const (
	CheckWarning CheckSeverity = iota // it can be done, but see
	CheckError                        // it would fail
)

// CheckFinding is one thing that vCenter said when it was asked whether an operation would succeed.
type CheckFinding struct {
	Severity CheckSeverity
	HostID   string        // the host that the finding is about, where vCenter names one
	Err      *apierr.Error // as the operation itself would have failed
}

// CheckInstantClone asks vCenter whether an instant clone would succeed, without creating one
// (VirtualMachineProvisioningChecker.CheckInstantClone_Task, API 6.7). The error says that the check could not be made, not
// that it found something; kind Unsupported where this vCenter can't.
func (c *Client) CheckInstantClone(ctx context.Context, spec InstantCloneSpec) ([]CheckFinding, error) {
	what := httpapi.Call{Op: "CheckInstantClone_Task", Object: spec.SourceID}
	request, err := c.instantCloneRequest(ctx, what, spec)
	if err != nil {
		return nil, err
	}
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	if content.VmProvisioningChecker == nil {
		return nil, what.Error(apierr.Unsupported, "NotSupported")
	}
	handle, err := wait.StartQueued(ctx, c.tasks, what, checkResults, methods.CheckInstantClone_Task, &types.CheckInstantClone_Task{
		This: *content.VmProvisioningChecker, Vm: vmRef(spec.SourceID), Spec: request,
	})
	if err != nil {
		return nil, err
	}
	found, err := task.Wait(ctx, handle)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}

	return findings(httpapi.Call{Op: instantCloneOp, Object: spec.SourceID}, found), nil
}

// checkResults reads the result of a check, one for each VM and host.
func checkResults(value any) ([]types.CheckResult, bool) {
	switch result := value.(type) {
	case types.ArrayOfCheckResult:
		return result.CheckResult, true
	case *types.ArrayOfCheckResult:
		return result.CheckResult, true
	case []types.CheckResult:
		return result, true
	}

	return nil, true
}

// findings lists what the results say, errors first.
func findings(what httpapi.Call, results []types.CheckResult) []CheckFinding {
	var found []CheckFinding
	add := func(severity CheckSeverity, host *types.ManagedObjectReference, faults []types.LocalizedMethodFault) {
		for i := range faults {
			finding := CheckFinding{Severity: severity, Err: conn.LocalizedError(what, &faults[i])}
			if host != nil {
				finding.HostID = host.Value
			}
			found = append(found, finding)
		}
	}
	for _, result := range results {
		add(CheckError, result.Host, result.Error)
	}
	for _, result := range results {
		add(CheckWarning, result.Host, result.Warning)
	}

	return found
}
