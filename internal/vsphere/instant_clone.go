package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

const instantCloneOp = "InstantClone_Task"

// apiInstantClone is the API version that brought instant clones.
const apiInstantClone = "6.7"

// InstantCloneSpec is what InstantClone_Task makes of a running VM (VirtualMachineInstantCloneSpec). Empty strings and maps
// are unset: an unset pool or datastore is the source's own, and a device that is not named stays as the source's.
type InstantCloneSpec struct {
	SourceID       string
	Name           string // literal
	FolderID       string // empty: the folder of all VMs, see [Client.RootVMFolder]
	ResourcePoolID string
	DatastoreID    string
	// NetworkInterfaces are changes by the source's device key: "4000". An unedited card has the source's identity.
	NetworkInterfaces map[string]NetworkInterfaceEdit
	SerialPorts       map[string]string // the source's device key → file on a datastore: "[LocalDS_0] web/serial.log"
	ParallelPorts     map[string]string // likewise
	// ExtraConfig ends in the clone's extraConfig, which is how its guest learns its identity. It may hold secrets: no error or
	// log repeats a value.
	ExtraConfig map[string]string
	BIOSUUID    string // empty: vCenter makes one
	Stamp       *Stamp // goes into the clone's extraConfig
	// Source is the source as it was read lately, nil where it was not: editing devices takes one more read of it then.
	Source *VirtualMachine
}

// StartInstantClone starts an instant clone (InstantClone_Task, API 6.7); the task's result is the new VM's id, which is
// powered on. While another task works on the source, the clone waits: the handle's id may change then. Editing devices
// may take a read of the source, shared by all clones that start together, and one of the networks. An error with AnswerLost
// means that the clone may be under way: see [Client.FindInstantClone]. Other errors:
// Unsupported on a vCenter that is too old (apierr.CodeVersionTooOld), InvalidArgument with the device's key for a device
// that the source does not have.
func (c *Client) StartInstantClone(ctx context.Context, spec InstantCloneSpec) (task.Handle[string], error) {
	what := instantCloneCall(spec.SourceID)
	request, err := c.instantCloneRequest(ctx, what, spec)
	if err != nil {
		return nil, err
	}

	return wait.StartQueued(ctx, c.tasks, what, wait.ReferenceID, methods.InstantClone_Task,
		&types.InstantClone_Task{This: vmRef(spec.SourceID), Spec: request})
}

// RequireInstantClone is an error of kind Unsupported (apierr.CodeVersionTooOld) when this vCenter is too old for instant
// clones. It needs no request after the first call.
func (c *Client) RequireInstantClone(ctx context.Context) error {
	return c.conn.Require(ctx, instantCloneCall(""), apiInstantClone)
}

// InstantCloneTask returns the handle of an instant clone that another process started, by the task's id.
func (c *Client) InstantCloneTask(id string) task.Handle[string] {
	return wait.Resume(c.tasks, instantCloneCall(""), id, wait.ReferenceID)
}

func instantCloneCall(sourceID string) httpapi.Call {
	return httpapi.Call{Op: instantCloneOp, Object: sourceID, Effect: httpapi.Changes}
}

// instantCloneRequest makes the request of what the specification asks for.
func (c *Client) instantCloneRequest(
	ctx context.Context, what httpapi.Call, spec InstantCloneSpec,
) (types.VirtualMachineInstantCloneSpec, error) {
	request := types.VirtualMachineInstantCloneSpec{
		Name: conn.EscapeName(spec.Name), Config: optionValues(stamped(spec.ExtraConfig, spec.Stamp)), BiosUuid: spec.BIOSUUID,
	}
	if err := c.conn.Require(ctx, what, apiInstantClone); err != nil {
		return request, err
	}
	request.Location.Folder = optionalRef(TypeFolder, spec.FolderID)
	request.Location.Pool = optionalRef(TypeResourcePool, spec.ResourcePoolID)
	request.Location.Datastore = optionalRef(TypeDatastore, spec.DatastoreID)
	source := editedVM{id: spec.SourceID, copied: true}
	if spec.Source != nil {
		source.devices = spec.Source.devices
	}
	var err error
	request.Location.DeviceChange, err = c.deviceChanges(ctx, what, source, ReconfigureSpec{
		NetworkInterfaces: spec.NetworkInterfaces, SerialPorts: spec.SerialPorts, ParallelPorts: spec.ParallelPorts,
	})

	return request, err
}

// optionalRef returns the reference for an id, and nil where there is none.
func optionalRef(kind ObjectType, id string) *types.ManagedObjectReference {
	if id == "" {
		return nil
	}
	ref := objectRef(kind, id)

	return &ref
}

// optionValues returns a map of texts as vim25 takes it, in the order of the keys.
func optionValues(options map[string]string) []types.BaseOptionValue {
	values := make([]types.BaseOptionValue, 0, len(options))
	for _, key := range slices.Sorted(maps.Keys(options)) {
		values = append(values, &types.OptionValue{Key: key, Value: options[key]})
	}

	return values
}
