package floor

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// template is the hardware of the clones that have their own, as they are to have it, and their folder.
type template struct {
	folder        types.ManagedObjectReference
	network, disk types.BaseVirtualDevice
}

// What the clones have.
const (
	templateCPUs     = 2
	templateMemory   = 2048 // MiB
	templateCapacity = 20 << 30
	templateNote     = "counted"
)

// findTemplate finds the template with its network interface and its disk.
func findTemplate(ctx context.Context, v *vcenter) error {
	err := v.find(ctx, map[string]*types.ManagedObjectReference{
		"/DC0/vm/golden-template": &v.golden, poolPath: &v.pool, "/DC0/vm": &v.template.folder,
	})
	if err != nil {
		return err
	}
	refs := []types.ManagedObjectReference{v.golden}

	return v.retrieve(ctx, refs, []string{"config.hardware.device"}, func(content types.ObjectContent) error {
		for _, property := range content.PropSet {
			devices, _ := property.Val.(types.ArrayOfVirtualDevice)
			v.template.take(devices.VirtualDevice)
		}
		if v.template.network == nil || v.template.disk == nil {
			return fmt.Errorf("%s has no network interface, or no disk", content.Obj.Value)
		}

		return nil
	})
}

// take keeps the first disk, grown, and the first network interface, whose address the platform is to choose.
func (t *template) take(devices []types.BaseVirtualDevice) {
	for _, device := range devices {
		switch device := device.(type) {
		case *types.VirtualDisk:
			if t.disk == nil {
				device.CapacityInBytes, device.CapacityInKB = templateCapacity, templateCapacity>>10
				t.disk = device
			}
		case types.BaseVirtualEthernetCard:
			if t.network == nil {
				card := device.GetVirtualEthernetCard()
				card.MacAddress, card.AddressType = "", string(types.VirtualEthernetCardMacTypeGenerated)
				withoutPort(card.Backing)
				t.network, _ = device.(types.BaseVirtualDevice)
			}
		}
	}
}

// cloneTemplate makes a running clone with hardware of its own (CloneVM_Task).
func cloneTemplate(ctx context.Context, v *vcenter, index int) (object, error) {
	answer, err := methods.CloneVM_Task(ctx, v.vim, &types.CloneVM_Task{
		This: v.golden, Folder: v.template.folder, Name: name(index),
		Spec: types.VirtualMachineCloneSpec{
			PowerOn: true, Location: types.VirtualMachineRelocateSpec{Pool: &v.pool},
			Config: &types.VirtualMachineConfigSpec{
				NumCPUs: templateCPUs, MemoryMB: templateMemory, Annotation: templateNote,
				DeviceChange: []types.BaseVirtualDeviceConfigSpec{edit(v.template.network), edit(v.template.disk)},
			},
		},
	})
	if err != nil {
		return object{}, fmt.Errorf("cloning %s: %w", v.golden.Value, err)
	}

	return madeBy(ctx, v, answer.Returnval)
}
