package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func TestCheckInstantDisks(t *testing.T) {
	t.Parallel()
	withDeltas := func(count int) *simulator.VirtualMachine {
		link := &diskLink{}
		for range count {
			link = &diskLink{Parent: link}
		}
		disk := &types.VirtualDisk{}
		disk.Backing = link
		vm := &simulator.VirtualMachine{}
		vm.Config = &types.VirtualMachineConfigInfo{}
		vm.Config.Hardware.Device = []types.BaseVirtualDevice{disk}

		return vm
	}
	if p := checkInstantDisks(withDeltas(mostDeltas - 1)); p != nil {
		t.Error(p)
	}
	p := checkInstantDisks(withDeltas(mostDeltas))
	if p == nil {
		t.Fatal("a disk took one file too many")
	}
	if _, ok := p.fault.(*types.SystemError); !ok {
		t.Errorf("got %T", p.fault)
	}
}
