package vsphere

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
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

	return check(ctx, c, checked{what, instantCloneOp, request.Location.DeviceChange}, methods.CheckInstantClone_Task,
		func(checker types.ManagedObjectReference) *types.CheckInstantClone_Task {
			return &types.CheckInstantClone_Task{This: checker, Vm: vmRef(spec.SourceID), Spec: request}
		})
}

// CheckClone asks vCenter whether CloneVM_Task would succeed, without making a clone (CheckClone_Task, API 6.0). No group of its tests is about
// the name, which must be given. It needs spec.Source, as [Client.StartCloneTask] does. The error is as that of [Client.CheckInstantClone].
func (c *Client) CheckClone(ctx context.Context, spec CloneSpec) ([]CheckFinding, error) {
	what := httpapi.Call{Op: "CheckClone_Task", Object: spec.SourceID}
	request, err := c.cloneTaskRequest(ctx, what, spec)
	if err != nil {
		return nil, err
	}
	var changes []types.BaseVirtualDeviceConfigSpec
	if request.Spec.Config != nil {
		changes = request.Spec.Config.DeviceChange
	}

	return check(ctx, c, checked{what, cloneTaskOp, changes}, methods.CheckClone_Task,
		func(checker types.ManagedObjectReference) *types.CheckClone_Task {
			return &types.CheckClone_Task{This: checker, Vm: request.This, Folder: request.Folder, Name: request.Name, Spec: request.Spec}
		})
}

// CheckRelocate asks vCenter whether RelocateVM_Task would succeed, without moving the VM (CheckRelocate_Task, API 4.0). The error is as that of
// [Client.CheckInstantClone].
func (c *Client) CheckRelocate(ctx context.Context, id string, spec RelocateSpec) ([]CheckFinding, error) {
	what := httpapi.Call{Op: "CheckRelocate_Task", Object: id}
	request, err := relocateRequest(what, spec)
	if err != nil {
		return nil, err
	}

	return check(ctx, c, checked{what, relocateOp, nil}, methods.CheckRelocate_Task,
		func(checker types.ManagedObjectReference) *types.CheckRelocate_Task {
			return &types.CheckRelocate_Task{This: checker, Vm: vmRef(id), Spec: request}
		})
}

// checked is an operation that is checked.
type checked struct {
	what    httpapi.Call // the check
	op      string       // the operation itself, for errors
	changes []types.BaseVirtualDeviceConfigSpec
}

// check runs a task of the provisioning checker.
func check[Q any, R wait.AnswersTask](
	ctx context.Context, c *Client, of checked, method func(context.Context, soap.RoundTripper, *Q) (*R, error),
	request func(checker types.ManagedObjectReference) *Q,
) ([]CheckFinding, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	if content.VmProvisioningChecker == nil {
		return nil, of.what.Error(apierr.Unsupported, "NotSupported")
	}
	handle, err := wait.StartQueued(ctx, c.tasks, of.what, checkResults, method, request(*content.VmProvisioningChecker))
	if err != nil {
		return nil, err
	}
	results, err := task.Wait(ctx, handle)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}

	return findings(httpapi.Call{Op: of.op, Object: of.what.Object}, possible(results), of.changes...), nil
}

// possible returns the results of the hosts on which the operation would succeed, and all where there is none: vCenter answers for each host that
// it could choose, and it chooses one of those.
func possible(results []types.CheckResult) []types.CheckResult {
	without := slices.DeleteFunc(slices.Clone(results), func(result types.CheckResult) bool { return len(result.Error) > 0 })
	if len(without) > 0 {
		return without
	}

	return results
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

// findings lists what the results say, errors first, and each once, though several hosts may say it. A fault about a change of a device names the
// device's key among its arguments.
func findings(what httpapi.Call, results []types.CheckResult, changes ...types.BaseVirtualDeviceConfigSpec) []CheckFinding {
	var found []CheckFinding
	add := func(severity CheckSeverity, host *types.ManagedObjectReference, faults []types.LocalizedMethodFault) {
		for i := range faults {
			finding := CheckFinding{Severity: severity, Err: conn.LocalizedError(what, &faults[i])}
			if key := changedDevice(faults[i].Fault, changes); key != "" {
				finding.Err.Arguments = append([]string{key}, finding.Err.Arguments...)
			}
			if host != nil {
				finding.HostID = host.Value
			}
			if !slices.ContainsFunc(found, finding.says) {
				found = append(found, finding)
			}
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

// says reports whether another finding says the same, maybe of another host.
func (f CheckFinding) says(other CheckFinding) bool {
	return f.Severity == other.Severity && f.Err.Code == other.Err.Code && slices.Equal(f.Err.Arguments, other.Err.Arguments) &&
		slices.Equal(f.Err.Messages, other.Err.Messages)
}

// changedDevice returns the key of the device that a fault about one of the changes is about, empty for other faults.
func changedDevice(fault types.BaseMethodFault, changes []types.BaseVirtualDeviceConfigSpec) string {
	invalid, ok := fault.(types.BaseInvalidDeviceSpec)
	if !ok {
		return ""
	}
	index := int(invalid.GetInvalidDeviceSpec().DeviceIndex)
	if index < 0 || index >= len(changes) {
		return ""
	}
	change := changes[index].GetVirtualDeviceConfigSpec()
	_, card := change.Device.(types.BaseVirtualEthernetCard)
	switch {
	case change.Operation != types.VirtualDeviceConfigSpecOperationAdd:
		return strconv.Itoa(int(change.Device.GetVirtualDevice().Key))
	case card:
		return AddedInterface
	default:
		return AddedDisk
	}
}

// What the arguments of a [CheckFinding] call a device that has no key yet. The controller of an added disk goes by the disk.
const (
	AddedDisk      = "a disk to add"
	AddedInterface = "a network interface to add"
)
