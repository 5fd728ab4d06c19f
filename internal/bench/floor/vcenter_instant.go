package floor

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// networkInterface is the device key of the sources' network interface, which is disconnected in their clones.
const networkInterface = 4000

// findSources reads the network interface and the folder of all sources with one call.
func findSources(ctx context.Context, v *vcenter) error {
	refs := make([]types.ManagedObjectReference, len(v.order.Machines))
	for i, id := range v.order.Machines {
		refs[i] = machine(id)
	}

	return v.retrieve(ctx, refs, []string{"parent", "config.hardware.device"}, func(content types.ObjectContent) error {
		found := &source{}
		for _, property := range content.PropSet {
			switch value := property.Val.(type) {
			case types.ManagedObjectReference:
				found.place = value
			case types.ArrayOfVirtualDevice:
				for _, device := range value.VirtualDevice {
					if device.GetVirtualDevice().Key == networkInterface {
						found.network = device
					}
				}
			}
		}
		if found.network == nil {
			return fmt.Errorf("%s has no device %d", content.Obj.Value, networkInterface)
		}
		off := false
		withoutPort(found.network.GetVirtualDevice().Backing)
		found.network.GetVirtualDevice().Connectable = &types.VirtualDeviceConnectInfo{StartConnected: off, Connected: off}
		v.sources[content.Obj.Value] = found

		return nil
	})
}

// edit changes a device that the source has.
func edit(device types.BaseVirtualDevice) types.BaseVirtualDeviceConfigSpec {
	return &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: device}
}

// withoutPort removes the source's port from a backing, so that the clone takes one of its own: vCenter refuses an edit that names the
// source's.
func withoutPort(backing types.BaseVirtualDeviceBackingInfo) {
	if backing, ok := backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo); ok {
		backing.Port.PortKey, backing.Port.ConnectionCookie = "", 0
	}
}

// instantCloneVM makes an instant clone (InstantClone_Task), one at a time on each source.
func instantCloneVM(ctx context.Context, v *vcenter, index int) (object, error) {
	id := v.order.Machines[index%len(v.order.Machines)]
	from := v.sources[id]
	from.cloning.Lock()
	defer from.cloning.Unlock()
	answer, err := methods.InstantClone_Task(ctx, v.vim, &types.InstantClone_Task{
		This: machine(id),
		Spec: types.VirtualMachineInstantCloneSpec{
			Name:   name(index),
			Config: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.name", Value: name(index)}},
			Location: types.VirtualMachineRelocateSpec{
				Folder: &from.place, DeviceChange: []types.BaseVirtualDeviceConfigSpec{edit(from.network)},
			},
		},
	})
	if err != nil {
		return object{}, fmt.Errorf("cloning %s: %w", id, err)
	}

	return madeBy(ctx, v, answer.Returnval)
}

// madeBy waits for a task, and returns the object that is its result.
func madeBy(ctx context.Context, v *vcenter, task types.ManagedObjectReference) (object, error) {
	result, err := v.watch.task(ctx, task)
	if err != nil {
		return object{}, err
	}
	ref, is := result.(types.ManagedObjectReference)
	if !is {
		return object{}, fmt.Errorf("the result of task %s is a %T", task.Value, result)
	}

	return object{id: ref.Value}, nil
}
