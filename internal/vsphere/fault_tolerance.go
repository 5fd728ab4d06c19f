package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

const (
	createSecondaryOp   = "CreateSecondaryVM_Task"
	createSecondaryExOp = "CreateSecondaryVMEx_Task"
)

// API versions that brought parts of fault tolerance.
const (
	apiSecondaryEx = "6.0"
	apiMetro       = "8.0.3"
)

// SecondarySpec is what CreateSecondaryVMEx_Task makes of a primary. Empty parts are vCenter's choice; all but PrimaryID and
// HostID need API 6.0.
type SecondarySpec struct {
	PrimaryID           string
	HostID              string
	MetadataDatastoreID string            // of the tie-breaker file
	ConfigDatastoreID   string            // of the secondary's configuration files
	DiskDatastores      map[string]string // the primary's disk key → datastore id
	// MetroHostGroup makes it a metro cluster pair whose members run in different host groups, of which this is one (API
	// 8.0.3); nil is an ordinary pair.
	MetroHostGroup *string
}

// SecondaryResult is what came of a secondary that was made or enabled (FaultToleranceSecondaryOpResult). A secondary that
// could not be powered on was made nevertheless.
type SecondaryResult struct {
	SecondaryID      string
	PowerOnAttempted bool          // it is, where the primary is powered on
	PowerOnFault     *apierr.Error // why it was not powered on; nil where it was, or was not attempted
	// Recommendations are what has to be applied to power it on, in a cluster whose DRS is not automatic.
	Recommendations []Recommendation
}

// Recommendation is what DRS would do and waits for approval: see [Client.ApplyRecommendation].
type Recommendation struct {
	Key       string
	ClusterID string // empty where vCenter does not tell: the cluster of the primary
	Reason    string // in vCenter's words
}

// CreateSecondary turns fault tolerance on: it creates a secondary of the primary (CreateSecondaryVMEx_Task; the deprecated
// CreateSecondaryVM_Task before API 6.0). While another task works on the primary, this one waits. Naming disks takes one more
// read. An error with AnswerLost means that it may be under way: see [Client.FindSecondary]. Unsupported with
// apierr.CodeVersionTooOld is what this vCenter can't do yet.
func (c *Client) CreateSecondary(ctx context.Context, spec SecondarySpec) (task.Handle[SecondaryResult], error) {
	extended, err := c.conn.AtLeast(ctx, apiSecondaryEx)
	if err != nil {
		return nil, err
	}
	host := optionalRef(TypeHost, spec.HostID)
	config, err := c.secondaryConfig(ctx, spec)
	if err != nil {
		return nil, err
	}
	what := httpapi.Call{Op: createSecondaryExOp, Object: spec.PrimaryID, Effect: httpapi.Changes}
	if !extended {
		what.Op = createSecondaryOp

		return wait.StartQueued(ctx, c.tasks, what, secondaryResult, methods.CreateSecondaryVM_Task,
			&types.CreateSecondaryVM_Task{This: vmRef(spec.PrimaryID), Host: host})
	}

	return wait.StartQueued(ctx, c.tasks, what, secondaryResult, methods.CreateSecondaryVMEx_Task,
		&types.CreateSecondaryVMEx_Task{This: vmRef(spec.PrimaryID), Host: host, Spec: config})
}

// SecondaryTask returns the handle of a secondary that another process began to make, by the task's id.
func (c *Client) SecondaryTask(id string) task.Handle[SecondaryResult] {
	what := httpapi.Call{Op: createSecondaryExOp, Effect: httpapi.Changes}

	return wait.Resume(c.tasks, what, id, secondaryResult)
}

// secondaryConfig makes the placement of the secondary's files, nil where nothing is asked for.
func (c *Client) secondaryConfig(ctx context.Context, spec SecondarySpec) (*types.FaultToleranceConfigSpec, error) {
	what := httpapi.Call{Op: createSecondaryExOp, Object: spec.PrimaryID}
	config := new(types.FaultToleranceConfigSpec)
	needed := ""
	if metadata := optionalRef(TypeDatastore, spec.MetadataDatastoreID); metadata != nil {
		needed, config.MetaDataPath = apiSecondaryEx, &types.FaultToleranceMetaSpec{MetaDataDatastore: *metadata}
	}
	if spec.ConfigDatastoreID != "" || len(spec.DiskDatastores) > 0 {
		needed = apiSecondaryEx
		disks, err := c.secondaryDisks(ctx, what, spec)
		if err != nil {
			return nil, err
		}
		config.SecondaryVmSpec = &types.FaultToleranceVMConfigSpec{
			VmConfig: optionalRef(TypeDatastore, spec.ConfigDatastoreID), Disks: disks,
		}
	}
	if spec.MetroHostGroup != nil {
		enabled := true
		needed, config.MetroFtEnabled, config.MetroFtHostGroup = apiMetro, &enabled, *spec.MetroHostGroup
	}
	if needed == "" {
		return nil, nil //nolint:nilnil // nothing is asked for
	}

	return config, c.conn.Require(ctx, what, needed)
}

func (c *Client) secondaryDisks(ctx context.Context, what httpapi.Call, spec SecondarySpec) ([]types.FaultToleranceDiskSpec, error) {
	if len(spec.DiskDatastores) == 0 {
		return nil, nil
	}
	present, err := load(ctx, c.devices, spec.PrimaryID)
	if err != nil {
		return nil, err
	}
	disks := make([]types.FaultToleranceDiskSpec, 0, len(spec.DiskDatastores))
	for _, key := range slices.Sorted(maps.Keys(spec.DiskDatastores)) {
		disk, found := deviceBy[*types.VirtualDisk](present, key)
		if !found {
			return nil, noDevice(what, key)
		}
		disks = append(disks, types.FaultToleranceDiskSpec{
			Disk: disk, Datastore: objectRef(TypeDatastore, spec.DiskDatastores[key]),
		})
	}

	return disks, nil
}

// secondaryResult reads the result of a secondary that was created or enabled.
func secondaryResult(value any) (SecondaryResult, bool) {
	var answer types.FaultToleranceSecondaryOpResult
	switch result := value.(type) {
	case types.FaultToleranceSecondaryOpResult:
		answer = result
	case *types.FaultToleranceSecondaryOpResult:
		answer = *result
	default:
		return SecondaryResult{}, false
	}
	result := SecondaryResult{SecondaryID: answer.Vm.Value, PowerOnAttempted: answer.PowerOnAttempted}
	if answer.PowerOnResult == nil {
		return result, true
	}
	for _, refused := range answer.PowerOnResult.NotAttempted {
		what := httpapi.Call{Op: "PowerOnVM_Task", Object: refused.Vm.Value}
		result.PowerOnFault = conn.LocalizedError(what, &refused.Fault)
	}
	for _, advice := range answer.PowerOnResult.Recommendations {
		recommendation := Recommendation{Key: advice.Key, Reason: either(advice.ReasonText, advice.Reason)}
		if advice.Target != nil && advice.Target.Type == clusterType {
			recommendation.ClusterID = advice.Target.Value
		}
		result.Recommendations = append(result.Recommendations, recommendation)
	}

	return result, true
}

// EnableSecondary enables a disabled secondary (EnableSecondaryVM_Task) on a host, or where vCenter likes when hostID is
// empty. It is powered on when the primary is; the result is as for one that was made.
func (c *Client) EnableSecondary(
	ctx context.Context, primaryID, secondaryID, hostID string,
) (task.Handle[SecondaryResult], error) {
	what := httpapi.Call{Op: "EnableSecondaryVM_Task", Object: primaryID, Effect: httpapi.Changes}
	result := func(value any) (SecondaryResult, bool) {
		made, _ := secondaryResult(value)
		if made.SecondaryID == "" {
			made.SecondaryID = secondaryID // the method is not bound to answer a result
		}

		return made, true
	}

	return wait.StartQueued(ctx, c.tasks, what, result, methods.EnableSecondaryVM_Task, &types.EnableSecondaryVM_Task{
		This: vmRef(primaryID), Vm: vmRef(secondaryID), Host: optionalRef(TypeHost, hostID),
	})
}

// DisableSecondary disables the secondary, which is powered off and stays registered (DisableSecondaryVM_Task).
func (c *Client) DisableSecondary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error) {
	return start(ctx, c, "DisableSecondaryVM_Task", primaryID, methods.DisableSecondaryVM_Task,
		&types.DisableSecondaryVM_Task{This: vmRef(primaryID), Vm: vmRef(secondaryID)})
}

// TurnOffFaultTolerance removes all secondaries of the primary with their files (TurnOffFaultToleranceForVM_Task).
func (c *Client) TurnOffFaultTolerance(ctx context.Context, primaryID string) (task.Handle[struct{}], error) {
	return start(ctx, c, "TurnOffFaultToleranceForVM_Task", primaryID, methods.TurnOffFaultToleranceForVM_Task,
		&types.TurnOffFaultToleranceForVM_Task{This: vmRef(primaryID)})
}

// ApplyRecommendation approves what DRS recommended in a cluster (ApplyRecommendation). What it sets off, a secondary's
// power-on for example, goes on after the call: see [Client.WaitForPowerState].
func (c *Client) ApplyRecommendation(ctx context.Context, clusterID, key string) error {
	what := httpapi.Call{Op: "ApplyRecommendation", Object: clusterID, Effect: httpapi.Changes}
	_, err := conn.Call(ctx, c.conn.Method(what), methods.ApplyRecommendation,
		&types.ApplyRecommendation{This: objectRef(TypeCluster, clusterID), Key: key})

	return err
}
