package vcenter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

type flat = types.VirtualDiskFlatVer2BackingInfo

// sized returns the edit of a disk of the bench's VM to a size.
func (b *snapshotBench) sized(key int32, bytes, kib int64) configSpec {
	b.t.Helper()
	disk := *device[*types.VirtualDisk](b, key)
	disk.CapacityInBytes, disk.CapacityInKB = bytes, kib

	return changed(editing(&disk))
}

// inMode returns the edit of a disk of the bench's VM to a mode.
func (b *snapshotBench) inMode(key int32, mode string) configSpec {
	b.t.Helper()
	disk := *device[*types.VirtualDisk](b, key)
	backing := *disk.Backing.(*flat)
	backing.DiskMode, disk.Backing = mode, &backing

	return changed(editing(&disk))
}

// TestBlackBoxReconfigureDiskSize grows disks: bytes and KiB agree, nothing shrinks, and what others stand on does not grow.
func TestBlackBoxReconfigureDiskSize(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	const has, more = 10 << 30, 16 << 30
	free := b.free("LocalDS_0")
	b.refuses([]refusal{
		{"smaller", b.sized(2000, has-1<<20, (has-1<<20)>>10), "InvalidDeviceOperation", "cannot shrink"},
		{"bytes alone", b.sized(2000, more, 0), "InvalidDeviceOperation", "The sizes are"},
		{"two sizes", b.sized(2000, more, more>>10+4), "InvalidDeviceOperation", "The sizes are"},
		{"as it is", b.sized(2000, has, has>>10), "", ""},
		{"no such disk", changed(editing(newDisk(1000, 0, 20, flat{}))), "InvalidDeviceSpec", "no device -1"},
		{"larger than the datastore", b.sized(2000, 20<<40, 20<<30), "NoDiskSpace", "bytes are needed"},
		{"larger", b.sized(2000, more, more>>10), "", ""},
	})
	if disk := device[*types.VirtualDisk](b, 2000); disk.CapacityInBytes != more || disk.CapacityInKB != more>>10 {
		t.Errorf("the disk has %d bytes, %d KiB", disk.CapacityInBytes, disk.CapacityInKB)
	}
	if got := free - b.free("LocalDS_0"); got != more-has {
		t.Errorf("growing took %d bytes", got)
	}
	point := b.mustCreate(types.CreateSnapshotEx_Task{Name: "point"})
	b.refuses([]refusal{
		{"with a snapshot", b.sized(2000, more+1<<30, (more+1<<30)>>10), "InvalidDeviceOperation", "stands on another one"},
	})
	linked, err := b.cloneVM("linked", types.VirtualMachineCloneSpec{
		Snapshot: &point, Location: types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if disk := deviceIn[*types.VirtualDisk](t, linked.Config.Hardware.Device, 2000); disk.CapacityInBytes != more {
		t.Errorf("the linked disk has %d bytes", disk.CapacityInBytes)
	}
	of := b.on("linked")
	of.refuses([]refusal{
		{"a linked disk", of.sized(2000, more+1<<30, (more+1<<30)>>10), "InvalidDeviceOperation", "stands on another one"},
	})
	b.refusesCloneWith("shrunk", b.sized(2000, has, has>>10), "InvalidDeviceOperation")
	grown, err := b.cloneVM("grown", types.VirtualMachineCloneSpec{Config: new(b.sized(2000, more+4<<30, (more+4<<30)>>10))})
	if err != nil {
		t.Fatal(err)
	}
	if disk := deviceIn[*types.VirtualDisk](t, grown.Config.Hardware.Device, 2000); disk.CapacityInBytes != more+4<<30 {
		t.Errorf("the clone's disk has %d bytes", disk.CapacityInBytes)
	}
	if files := chain(grown.Config.Hardware.Device); len(files) != 1 || !strings.Contains(files[0], "grown") {
		t.Errorf("the clone's disk is %q", files)
	}
	_, err = b.cloneVM("linked-and-grown", types.VirtualMachineCloneSpec{
		Snapshot: &point, Location: types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"},
		Config: new(b.sized(2000, more+4<<30, (more+4<<30)>>10)),
	})
	wantExplained(t, err, "InvalidDeviceOperation")
	if _, found := b.server.VM("linked-and-grown"); found {
		t.Error("the failed clone left a VM")
	}
}

// TestBlackBoxReconfigureDiskMode changes the mode of a disk, and what is only chosen when a disk is made.
func TestBlackBoxReconfigureDiskMode(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.refuses([]refusal{{"while on", b.inMode(2000, "independent_persistent"), "InvalidPowerState", "Powered on"}})
	b.power("poweredOff")
	thick := *device[*types.VirtualDisk](b, 2000)
	backing := *thick.Backing.(*flat)
	backing.ThinProvisioned, thick.Backing = new(false), &backing
	b.refuses([]refusal{
		{"no mode", b.inMode(2000, "sometimes"), "InvalidDeviceBacking", "There is no mode"},
		{"provisioning", changed(editing(&thick)), "InvalidDeviceBacking", "provisioned when it is created"},
		{"while off", b.inMode(2000, "independent_persistent"), "", ""},
	})
	if got := device[*types.VirtualDisk](b, 2000).Backing.(*flat).DiskMode; got != "independent_persistent" {
		t.Errorf("the mode is %s", got)
	}
	b.power("poweredOn")
	b.refuses([]refusal{{"growing while on", b.sized(2000, 20<<30, 20<<20), "InvalidPowerState", "Powered on"}})
	b.power("poweredOff")
	b.mustReconfigure(b.inMode(2000, "persistent"))
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "point"})
	b.refuses([]refusal{{"with a snapshot", b.inMode(2000, "independent_persistent"), "DisallowedDiskModeChange", "has snapshots"}})
}

// TestBlackBoxReconfigureAddsDisks adds disks on controllers of every kind, and removes them.
func TestBlackBoxReconfigureAddsDisks(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	b.refuses([]refusal{
		{"no controller", changed(creating(newDisk(0, 1, 1, flat{}))), "MissingController", "needs a controller"},
		{"unknown controller", changed(creating(newDisk(1007, 1, 1, flat{}))), "InvalidController", "no controller 1007"},
		{"what is no controller of disks", changed(creating(newDisk(100, 1, 1, flat{}))), "InvalidController", "Disks do not attach"},
		{"unit of the controller", changed(creating(newDisk(1000, 7, 1, flat{}))), "InvalidDeviceSpec", "no unit 7"},
		{"unit too high", changed(creating(newDisk(1000, 16, 1, flat{}))), "InvalidDeviceSpec", "no unit 16"},
		{"unit taken", changed(creating(newDisk(1000, 0, 1, flat{}))), "InvalidDeviceSpec", "Unit 0 of SCSI controller 0 is taken"},
		{
			"unit taken by the first", changed(creating(newDisk(1000, 1, 1, flat{})), creating(newDisk(1000, 1, 1, flat{}))),
			"InvalidDeviceSpec", "device '1'",
		},
		{"no size", changed(creating(newDisk(1000, 1, 0, flat{}))), "InvalidDeviceSpec", "The sizes are 0 bytes"},
		{
			"thin and zeroed", changed(creating(newDisk(1000, 1, 1, flat{ThinProvisioned: new(true), EagerlyScrub: new(true)}))),
			"InvalidDeviceBacking", "not zeroed in advance",
		},
		{"no such file", changed(adding(newDisk(1000, 1, 0, flat{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{
			FileName: "[LocalDS_0] volumes/none.vmdk",
		}}))), "FileNotFound", "was not found"},
		{"no such datastore", changed(creating(newDisk(1000, 1, 1, flat{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{
			FileName: "[nowhere]",
		}}))), "InvalidDatastorePath", "no such datastore"},
		{"no room", changed(creating(newDisk(1000, 1, 20<<10, flat{}))), "NoDiskSpace", "bytes are needed"},
		{"a bus that is taken", changed(adding(&types.ParaVirtualSCSIController{})), "InvalidDeviceSpec", "SCSI bus 0 has a controller"},
	})
	free := b.free("LocalDS_1")
	sata, nvme := &types.VirtualAHCIController{}, &types.VirtualNVMEController{}
	sata.Key, nvme.Key = -10, -11
	elsewhere := reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))
	b.mustReconfigure(changed(
		adding(sata), adding(nvme),
		creating(newDisk(1000, 1, 1, flat{ThinProvisioned: new(true)})),
		creating(newDisk(-10, 29, 2, flat{EagerlyScrub: new(true)})),
		creating(newDisk(-11, 14, 3, flat{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{Datastore: &elsewhere}})),
		creating(newDisk(201, 1, 4, flat{})),
	))
	for key, want := range map[int32]string{
		2001:  "Hard disk 2 1000:1 1 GiB thin=true eager=false LocalDS_0",
		16029: "Hard disk 3 15000:29 2 GiB thin=false eager=true LocalDS_0",
		32014: "Hard disk 4 31000:14 3 GiB thin=false eager=false LocalDS_1",
		3003:  "Hard disk 5 201:1 4 GiB thin=false eager=false LocalDS_0",
	} {
		disk := device[*types.VirtualDisk](b, key)
		backing := disk.Backing.(*flat)
		got := fmt.Sprintf("%s %d:%d %d GiB thin=%v eager=%v %s", disk.DeviceInfo.GetDescription().Label, disk.ControllerKey,
			*disk.UnitNumber, disk.CapacityInBytes>>30, value(backing.ThinProvisioned), value(backing.EagerlyScrub),
			strings.Trim(strings.Fields(backing.FileName)[0], "[]"))
		if got != want {
			t.Errorf("disk %d: %s, want %s", key, got, want)
		}
	}
	if got := free - b.free("LocalDS_1"); got != 3<<30 {
		t.Errorf("the disk took %d bytes", got)
	}
	b.refuses([]refusal{
		{"a controller in use", changed(removing(&types.VirtualAHCIController{VirtualSATAController: types.VirtualSATAController{
			VirtualController: types.VirtualController{VirtualDevice: types.VirtualDevice{Key: 15000}},
		}})), "InvalidDeviceSpec", "Device 16029 is attached"},
		{"a controller of every VM", changed(removing(&types.VirtualIDEController{VirtualController: types.VirtualController{
			VirtualDevice: types.VirtualDevice{Key: 200},
		}})), "InvalidDeviceSpec", "belongs to every"},
	})
	kept := device[*types.VirtualDisk](b, 2001).Backing.(*flat).FileName
	b.mustReconfigure(changed(
		removing(device[*types.VirtualDisk](b, 2001)), operate("remove", "destroy", device[*types.VirtualDisk](b, 32014)),
	))
	if got := b.free("LocalDS_1"); got != free {
		t.Errorf("destroying the disk left %d bytes free of %d", got, free)
	}
	again := newDisk(1000, 9, 0, flat{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: kept}})
	b.mustReconfigure(changed(adding(again)))
	if disk := device[*types.VirtualDisk](b, 2009); disk.CapacityInBytes != 1<<30 || disk.Backing.(*flat).FileName != kept {
		t.Errorf("the disk that was detached: %+v", disk)
	}
}
