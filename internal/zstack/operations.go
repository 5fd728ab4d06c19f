package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// actionBody is the body of an action: its parameters under its name.
func actionBody(name string, parameters any) map[string]any { return map[string]any{name: parameters} }

// none of the parameters.
type noParameters struct{}

var errNoUUID = errors.New("the VM in the result has no uuid")

func decodeMachine(result json.RawMessage) (VirtualMachine, error) {
	told, err := inventory[vmInventory](result)
	if err != nil {
		return VirtualMachine{}, err
	}
	if told.UUID == "" {
		return VirtualMachine{}, errNoUUID
	}

	return *told.machine(), nil
}

// vmAction starts an action on a VM (PUT /v1/vm-instances/{uuid}/actions).
func vmAction[T any](
	ctx context.Context, c *Client, op, uuid, action string, parameters any, decode func(json.RawMessage) (T, error),
) (task.Handle[T], error) {
	what := httpapi.Call{Op: op, Object: uuid}
	if err := checkUUIDs(what, uuid); err != nil {
		return nil, err
	}

	return startJob(ctx, c, request{
		Call: what, method: http.MethodPut, path: vmPath + "/" + uuid + "/actions", in: actionBody(action, parameters),
	}, decode)
}

// UpdateVM changes name or description (UpdateVmInstance).
func (c *Client) UpdateVM(ctx context.Context, uuid string, update VMUpdate) (task.Handle[VirtualMachine], error) {
	parameters := struct {
		Name        *string `json:"name,omitempty"`
		Description *string `json:"description,omitempty"`
	}{update.Name, update.Description}

	return vmAction(ctx, c, "UpdateVmInstance", uuid, "updateVmInstance", parameters, decodeMachine)
}

// StartVM starts a VM (StartVmInstance). One that runs already is an error of kind InvalidState.
func (c *Client) StartVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return vmAction(ctx, c, "StartVmInstance", uuid, "startVmInstance", noParameters{}, decodeMachine)
}

// StopVM stops a VM (StopVmInstance): [StopGrace] asks the guest, [StopCold] does not.
func (c *Client) StopVM(ctx context.Context, uuid string, how StopType) (task.Handle[VirtualMachine], error) {
	parameters := struct {
		Type StopType `json:"type,omitempty"`
	}{how}

	return vmAction(ctx, c, "StopVmInstance", uuid, "stopVmInstance", parameters, decodeMachine)
}

// RebootVM restarts a running VM (RebootVmInstance).
func (c *Client) RebootVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return vmAction(ctx, c, "RebootVmInstance", uuid, "rebootVmInstance", noParameters{}, decodeMachine)
}

// PauseVM pauses a running VM (PauseVmInstance).
func (c *Client) PauseVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return vmAction(ctx, c, "PauseVmInstance", uuid, "pauseVmInstance", noParameters{}, decodeMachine)
}

// ResumeVM lets a paused VM go on (ResumeVmInstance).
func (c *Client) ResumeVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return vmAction(ctx, c, "ResumeVmInstance", uuid, "resumeVmInstance", noParameters{}, decodeMachine)
}

// RecoverVM takes a VM out of the recycle bin (RecoverVmInstance): its state must be [VMDestroyed].
func (c *Client) RecoverVM(ctx context.Context, uuid string) (task.Handle[VirtualMachine], error) {
	return vmAction(ctx, c, "RecoverVmInstance", uuid, "recoverVmInstance", noParameters{}, decodeMachine)
}

// DestroyVM moves a VM to the recycle bin, or where the platform's policy is Direct deletes it (DestroyVmInstance). Its data
// volumes are detached and stay. An empty mode leaves it to the platform, which takes [DeletePermissive].
func (c *Client) DestroyVM(ctx context.Context, uuid string, mode DeleteMode) (task.Handle[struct{}], error) {
	return c.remove(ctx, "DestroyVmInstance", vmPath, uuid, mode)
}

// ExpungeVM deletes a VM that is in the recycle bin (ExpungeVmInstance). One that is gone is an error of kind NotFound.
func (c *Client) ExpungeVM(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return vmAction(ctx, c, "ExpungeVmInstance", uuid, "expungeVmInstance", noParameters{}, noResult)
}

// DeleteVolume moves a data volume to the recycle bin (DeleteDataVolume).
func (c *Client) DeleteVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return c.remove(ctx, "DeleteDataVolume", volumePath, uuid, "")
}

// ExpungeVolume deletes a data volume that is in the recycle bin (ExpungeDataVolume).
func (c *Client) ExpungeVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	what := httpapi.Call{Op: "ExpungeDataVolume", Object: uuid}
	if err := checkUUIDs(what, uuid); err != nil {
		return nil, err
	}

	return startJob(ctx, c, request{
		Call: what, method: http.MethodPut, path: volumePath + "/" + uuid + "/actions",
		in: actionBody("expungeDataVolume", noParameters{}),
	}, noResult)
}

// remove starts a DELETE.
func (c *Client) remove(ctx context.Context, op, path, uuid string, mode DeleteMode) (task.Handle[struct{}], error) {
	r, err := removal(op, path, uuid, mode)
	if err != nil {
		return nil, err
	}

	return startJob(ctx, c, r, noResult)
}

func removal(op, path, uuid string, mode DeleteMode) (request, error) {
	what := httpapi.Call{Op: op, Object: uuid}
	if err := checkUUIDs(what, uuid); err != nil {
		return request{}, err
	}
	r := request{Call: what, method: http.MethodDelete, path: path + "/" + uuid}
	if mode != "" {
		r.query = encode([2]string{"deleteMode", string(mode)})
	}

	return r, nil
}
