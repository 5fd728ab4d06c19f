package vsphere

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

const cloneTaskOp = "CloneVM_Task"

// StartCloneTask starts a clone by CloneVM_Task, which takes templates as well; the task's result is the new VM's id. All that the
// specification asks for is one task. It needs spec.Source, the source as it was read; a pool that the specification leaves out is the
// source's, which a template does not have. A customization specification takes one more request (GetCustomizationSpec). Errors are as
// those of [Client.StartClone], and InvalidArgument for a disk that the source does not have.
func (c *Client) StartCloneTask(ctx context.Context, spec CloneSpec) (task.Handle[string], error) {
	what := cloneTaskCall(spec.SourceID)
	request, err := c.cloneTaskRequest(ctx, what, spec)
	if err != nil {
		return nil, err
	}
	if spec.Placement.DatastoreClusterID != "" {
		return c.startRecommendedClone(ctx, spec, request)
	}

	return wait.StartQueued(ctx, c.tasks, what, clonedID, methods.CloneVM_Task, request)
}

// ClonedByTask returns the handle of a clone by CloneVM_Task that this or another process started. Nothing is asked until its Next.
func (c *Client) ClonedByTask(id string) task.Handle[string] {
	return wait.Resume(c.tasks, cloneTaskCall(""), id, clonedID)
}

func cloneTaskCall(sourceID string) httpapi.Call {
	return httpapi.Call{Op: cloneTaskOp, Object: sourceID, Effect: httpapi.Changes}
}

func (c *Client) cloneTaskRequest(ctx context.Context, what httpapi.Call, spec CloneSpec) (*types.CloneVM_Task, error) {
	place := spec.Placement
	request := &types.CloneVM_Task{
		This: vmRef(spec.SourceID), Folder: objectRef(TypeFolder, either(place.FolderID, spec.Source.Placement.FolderID)),
		Name: conn.EscapeName(spec.Name), Spec: types.VirtualMachineCloneSpec{PowerOn: spec.PowerOn},
	}
	location := &request.Spec.Location
	location.Pool = optionalRef(TypeResourcePool, either(place.ResourcePoolID, spec.Source.Placement.ResourcePoolID))
	location.Host = optionalRef(TypeHost, place.HostID)
	location.Profile = profiles(spec.StoragePolicyID)
	location.Datastore = optionalRef(TypeDatastore, place.DatastoreID)
	var err error
	if location.Disk, err = diskLocators(what, spec); err != nil {
		return nil, err
	}
	key, err := c.encryptClone(ctx, what, spec, location)
	if err != nil {
		return nil, err
	}
	wanted := spec.Config
	wanted.ExtraConfig = stamped(wanted.ExtraConfig, spec.Stamp)
	config, err := c.configSpec(ctx, what, editedVM{id: spec.SourceID, devices: spec.Source.devices, copied: true, key: key}, wanted)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(slices.Values(spec.DisksToRemove)) {
		disk, err := sourceDisk(what, spec.Source, key)
		if err != nil {
			return nil, err
		}
		// Without a file operation: no disk of the source may be deleted, whichever file vCenter takes it to be about.
		config.DeviceChange = append(config.DeviceChange, &types.VirtualDeviceConfigSpec{
			Operation: types.VirtualDeviceConfigSpecOperationRemove, Device: disk,
		})
	}
	location.DeviceChange, config.DeviceChange = toOpaque(config.DeviceChange)
	if !wanted.Empty() || len(config.DeviceChange) > 0 {
		request.Spec.Config = config
	}
	spec.Origin.apply(&request.Spec)
	if spec.Origin.Template && place.ResourcePoolID == "" {
		location.Pool = nil // a template is in none
	}
	if spec.CustomizationSpec != "" && !spec.Origin.Template {
		request.Spec.Customization, err = load(ctx, c.customizations, spec.CustomizationSpec)
	}

	return request, err
}

// toOpaque takes the edits that connect network interfaces to opaque networks out of the changes of a clone's configuration: they go with its
// location, since through the configuration such an interface comes up disconnected.
func toOpaque(changes []types.BaseVirtualDeviceConfigSpec) (edits, others []types.BaseVirtualDeviceConfigSpec) {
	for _, base := range changes {
		change := base.GetVirtualDeviceConfigSpec()
		_, opaque := change.Device.GetVirtualDevice().Backing.(*types.VirtualEthernetCardOpaqueNetworkBackingInfo)
		if opaque && change.Operation == types.VirtualDeviceConfigSpecOperationEdit {
			edits = append(edits, base)
		} else {
			others = append(others, base)
		}
	}

	return edits, others
}

// locatedDisks returns the keys of the source's disks that the location of a clone names, in order.
func (s CloneSpec) locatedDisks() []string {
	keys := slices.Collect(maps.Keys(s.DisksToUpdate))
	if s.Placement.DatastoreClusterID == "" {
		keys = slices.AppendSeq(keys, maps.Keys(s.DiskProvisioning))
		keys = slices.AppendSeq(keys, maps.Keys(s.DiskPolicies))
		for key := range s.Source.Disks {
			if s.KeyProviderID != "" && !slices.Contains(s.DisksToRemove, key) { // each disk is encrypted by itself
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)

	return slices.Compact(keys)
}

// diskLocators returns where disks of the clone go that do not follow the machine, how they take their space, and by which policy. For
// the disks that Storage DRS places, [podDisks] returns it.
func diskLocators(what httpapi.Call, spec CloneSpec) ([]types.VirtualMachineRelocateSpecDiskLocator, error) {
	var locators []types.VirtualMachineRelocateSpecDiskLocator
	for _, key := range spec.locatedDisks() {
		disk, err := sourceDisk(what, spec.Source, key)
		if err != nil {
			return nil, err
		}
		present := spec.Source.Disks[key]
		datastore := either(spec.DisksToUpdate[key], either(spec.Placement.DatastoreID, present.DatastoreID))
		locator := types.VirtualMachineRelocateSpecDiskLocator{
			DiskId: disk.GetVirtualDevice().Key, Datastore: objectRef(TypeDatastore, datastore), Profile: profiles(spec.DiskPolicies[key]),
		}
		if provisioning := spec.DiskProvisioning[key]; provisioning != "" {
			locator.DiskBackingInfo = flatBacking(provisioning, present.Mode)
		}
		locators = append(locators, locator)
	}

	return locators, nil
}

// sourceDisk returns the disk of the source by its device key.
func sourceDisk(what httpapi.Call, source *VirtualMachine, key string) (types.BaseVirtualDevice, error) {
	number, err := strconv.ParseInt(key, 10, 32)
	for _, device := range source.devices {
		if disk, ok := device.(*types.VirtualDisk); ok && err == nil && disk.Key == int32(number) {
			return disk, nil
		}
	}
	failure := what.Error(apierr.InvalidArgument, "InvalidArgument")
	failure.Arguments = []string{key}
	failure.Messages = []string{source.ID + " has no disk " + key}

	return nil, failure
}

const getSpecOp = "GetCustomizationSpec"

// readCustomizations reads customization specifications by name (CustomizationSpecManager.GetCustomizationSpec), each once for all that
// ask within a few milliseconds.
func (c *Client) readCustomizations(ctx context.Context, names []string) (map[string]outcome[*types.CustomizationSpec], error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	if content.CustomizationSpecManager == nil {
		return nil, httpapi.Call{Op: getSpecOp}.Error(apierr.Unsupported, "NotSupported")
	}
	found := make(map[string]outcome[*types.CustomizationSpec], len(names))
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		answer, err := conn.Call(ctx, c.conn.Method(httpapi.Call{Op: getSpecOp, Object: name}), methods.GetCustomizationSpec,
			&types.GetCustomizationSpec{This: *content.CustomizationSpecManager, Name: name})
		if err != nil {
			found[name] = outcome[*types.CustomizationSpec]{err: err}
		} else {
			found[name] = outcome[*types.CustomizationSpec]{value: &answer.Returnval.Spec}
		}
	}

	return found, nil
}
