package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

const createSnapshotOp = "CreateSnapshotEx_Task"

// SnapshotSpec is what CreateSnapshotEx_Task makes of a VM.
type SnapshotSpec struct {
	VMID        string
	Name        string       // literal; several snapshots of a VM may share one
	Description string       // empty: vCenter may make one up
	Memory      bool         // with the memory of a running VM
	Quiesce     *QuiesceSpec // nil: the guest's file systems are not quiesced
}

// QuiesceSpec says how VMware Tools quiesce a running guest's file systems. vSphere ignores it for a VM that is powered off
// or has no VMware Tools.
type QuiesceSpec struct {
	TimeoutMinutes int32 // 5 to 240; 0 is unset
	Windows        *WindowsQuiesceSpec
}

// WindowsQuiesceSpec controls the VSS process in a Windows guest. Zero and nil parts are unset.
type WindowsQuiesceSpec struct {
	VSSBackupType          int32 // VSS_BACKUP_TYPE
	VSSBootableSystemState *bool
	VSSPartialFileSupport  *bool
	VSSBackupContext       string // "ctx_auto", "ctx_backup", "ctx_file_share_backup"
}

// CreateSnapshot takes a snapshot, which becomes the VM's current one (CreateSnapshotEx_Task, API 6.5); the task's result
// is the snapshot's id. While another task works on the VM, this one waits: the
// handle's id may change then. An error with AnswerLost means that it may be under way: see [Client.FindSnapshot].
func (c *Client) CreateSnapshot(ctx context.Context, spec SnapshotSpec) (task.Handle[string], error) {
	request := types.CreateSnapshotEx_Task{
		This: vmRef(spec.VMID), Name: conn.EscapeName(spec.Name), Description: spec.Description, Memory: spec.Memory,
		QuiesceSpec: newQuiesceSpec(spec.Quiesce),
	}

	return wait.StartQueued(ctx, c.tasks, snapshotCall(spec.VMID), wait.ReferenceID, methods.CreateSnapshotEx_Task, &request)
}

// SnapshotTask returns the handle of a snapshot that another process began to take, by the task's id.
func (c *Client) SnapshotTask(id string) task.Handle[string] {
	return wait.Resume(c.tasks, snapshotCall(""), id, wait.ReferenceID)
}

func snapshotCall(vmID string) httpapi.Call {
	return httpapi.Call{Op: createSnapshotOp, Object: vmID, Effect: httpapi.Changes}
}

func newQuiesceSpec(spec *QuiesceSpec) types.BaseVirtualMachineGuestQuiesceSpec {
	if spec == nil {
		return nil
	}
	guest := types.VirtualMachineGuestQuiesceSpec{Timeout: spec.TimeoutMinutes}
	if spec.Windows == nil {
		return &guest
	}

	return &types.VirtualMachineWindowsQuiesceSpec{
		VirtualMachineGuestQuiesceSpec: guest,
		VssBackupType:                  spec.Windows.VSSBackupType,
		VssBootableSystemState:         spec.Windows.VSSBootableSystemState,
		VssPartialFileSupport:          spec.Windows.VSSPartialFileSupport,
		VssBackupContext:               spec.Windows.VSSBackupContext,
	}
}

func snapshotRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id}
}

// RenameSnapshot gives a snapshot this name and description (RenameSnapshot). The name is literal, and an empty description
// clears the old one. One that is gone is an error of kind NotFound.
func (c *Client) RenameSnapshot(ctx context.Context, id, name, description string) error {
	// govmomi's own request leaves an empty description out, which keeps the old one. VI/JSON takes the method's name from
	// the type's.
	type RenameSnapshot struct {
		This        types.ManagedObjectReference `json:"-"           xml:"_this"`
		Name        string                       `json:"name"        xml:"name"`
		Description string                       `json:"description" xml:"description"`
	}
	type body struct {
		methods.RenameSnapshotBody

		Req *RenameSnapshot `xml:"urn:vim25 RenameSnapshot,omitempty"`
	}
	request := &body{Req: &RenameSnapshot{This: snapshotRef(id), Name: conn.EscapeName(name), Description: description}}

	what := httpapi.Call{Op: "RenameSnapshot", Object: id, Effect: httpapi.Changes}

	return c.conn.Method(what).RoundTrip(ctx, request, new(methods.RenameSnapshotBody))
}

// RemoveSnapshot removes a snapshot (RemoveSnapshot_Task): its changes go into its parent's disks. removeChildren removes
// those made after it as well; consolidate merges disks that no snapshot needs any more. One that is gone is an error of
// kind NotFound.
func (c *Client) RemoveSnapshot(
	ctx context.Context, id string, removeChildren, consolidate bool,
) (task.Handle[struct{}], error) {
	request := types.RemoveSnapshot_Task{
		This: snapshotRef(id), RemoveChildren: removeChildren, Consolidate: &consolidate,
	}

	return start(ctx, c, "RemoveSnapshot_Task", id, methods.RemoveSnapshot_Task, &request)
}
