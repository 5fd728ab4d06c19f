package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

var errNoUUID = errors.New("the VM in the result has no uuid")

func decodeMachine(result json.RawMessage) (VirtualMachine, error) {
	vm, err := inventory[VirtualMachine](result)
	if err == nil && vm.UUID == "" {
		err = errNoUUID
	}

	return vm, err
}

// action is the request of an action on an object (PUT {path}/{uuid}/actions).
func action(op, path, uuid, name string, parameters any) conn.Request {
	return conn.Request{
		Call: httpapi.Call{Op: op, Object: uuid}, Method: http.MethodPut, Path: path + "/" + uuid + "/actions",
		In: map[string]any{name: parameters},
	}
}

// creation is the request that creates something for an object (POST {path}).
func creation(op, path, uuid string, parameters any) conn.Request {
	return conn.Request{
		Call: httpapi.Call{Op: op, Object: uuid}, Method: http.MethodPost, Path: path, In: map[string]any{"params": parameters},
	}
}

// removal is the request that deletes an object (DELETE {path}/{uuid}).
func removal(op, path, uuid string) conn.Request {
	return conn.Request{Call: httpapi.Call{Op: op, Object: uuid}, Method: http.MethodDelete, Path: path + "/" + uuid}
}

// UpdateVM changes name, description, CPUs or memory (UpdateVmInstance). CPUs and memory change while the VM is stopped; while it runs they
// may only grow, and only where [Client.HotPlug] says so. Otherwise the error is of kind InvalidArgument.
func (c *Client) UpdateVM(ctx context.Context, uuid string, update VMUpdate) (task.Handle[VirtualMachine], error) {
	parameters := struct {
		Name        *string `json:"name,omitempty"`
		Description *string `json:"description,omitempty"`
		CPUNum      *int64  `json:"cpuNum,omitempty"`
		MemorySize  *int64  `json:"memorySize,omitempty"`
	}{update.Name, update.Description, update.CPUCount, update.MemoryBytes}

	return start(ctx, c, action("UpdateVmInstance", vmPath, uuid, "updateVmInstance", parameters), decodeMachine)
}

// HotPlug reports whether CPUs and memory of a VM may grow while it runs (GetResourceConfig of vm.numa).
func (c *Client) HotPlug(ctx context.Context, uuid string) (bool, error) {
	var told struct {
		Value string `json:"value"`
	}
	err := c.get(ctx, "GetResourceConfig", uuid, "/v1/resource-configurations/"+uuid+"/vm/numa", &told)

	return told.Value == "true", err
}

// StartVM starts a VM (StartVmInstance). One that runs already is an error of kind InvalidState.
func (c *Client) StartVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return start(ctx, c, action("StartVmInstance", vmPath, uuid, "startVmInstance", struct{}{}), decodeMachine)
}

// StopVM stops a VM (StopVmInstance): [StopGrace] asks the guest to shut down, and stops the VM after 60 seconds in any case; [StopCold] does
// not ask. Both stop the VM's high availability too, which would start it again.
func (c *Client) StopVM(ctx context.Context, uuid string, how StopType) (task.Handle[VirtualMachine], error) {
	parameters := struct {
		Type   StopType `json:"type,omitempty"`
		StopHA string   `json:"stopHA"` // ZStack takes a text, not a boolean
	}{how, "true"}

	return start(ctx, c, action("StopVmInstance", vmPath, uuid, "stopVmInstance", parameters), decodeMachine)
}

// RebootVM restarts a running VM (RebootVmInstance).
func (c *Client) RebootVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return start(ctx, c, action("RebootVmInstance", vmPath, uuid, "rebootVmInstance", struct{}{}), decodeMachine)
}

// PauseVM pauses a running VM (PauseVmInstance).
func (c *Client) PauseVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return start(ctx, c, action("PauseVmInstance", vmPath, uuid, "pauseVmInstance", struct{}{}), decodeMachine)
}

// ResumeVM lets a paused VM go on (ResumeVmInstance).
func (c *Client) ResumeVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return start(ctx, c, action("ResumeVmInstance", vmPath, uuid, "resumeVmInstance", struct{}{}), decodeMachine)
}

// RecoverVM takes a VM out of the recycle bin (RecoverVmInstance): its state must be [VMDestroyed].
func (c *Client) RecoverVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return start(ctx, c, action("RecoverVmInstance", vmPath, uuid, "recoverVmInstance", struct{}{}), decodeMachine)
}

// DestroyVM moves a VM to the recycle bin, or where the platform's policy is Direct deletes it (DestroyVmInstance). Its data
// volumes are detached and stay. An empty mode leaves it to the platform, which takes [DeletePermissive].
func (c *Client) DestroyVM(ctx context.Context, uuid string, mode DeleteMode) (task.Handle[struct{}], error) {
	r := removal("DestroyVmInstance", vmPath, uuid)
	if mode != "" {
		r.Query = encode([2]string{"deleteMode", string(mode)})
	}

	return start(ctx, c, r, noResult)
}

// ExpungeVM deletes a VM that is in the recycle bin (ExpungeVmInstance). One that is gone is an error of kind NotFound.
func (c *Client) ExpungeVM(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return start(ctx, c, action("ExpungeVmInstance", vmPath, uuid, "expungeVmInstance", struct{}{}), noResult)
}

// DeleteVolume moves a data volume to the recycle bin (DeleteDataVolume).
func (c *Client) DeleteVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return start(ctx, c, removal("DeleteDataVolume", volumePath, uuid), noResult)
}

// ExpungeVolume deletes a data volume that is in the recycle bin (ExpungeDataVolume).
func (c *Client) ExpungeVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return start(ctx, c, action("ExpungeDataVolume", volumePath, uuid, "expungeDataVolume", struct{}{}), noResult)
}
