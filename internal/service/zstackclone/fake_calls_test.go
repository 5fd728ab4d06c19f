package zstackclone

import (
	"context"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// ask makes a read under the lock.
func ask[T any](ctx context.Context, f *fakeZStack, method string, read func() (T, error)) (T, error) {
	if err := f.Note(ctx, method, ""); err != nil {
		var none T

		return none, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()

	return read()
}

// call starts a job.
func call[T any](ctx context.Context, f *fakeZStack, method, way string, effect func() any) (task.Handle[T], error) {
	if err := f.Note(ctx, method, way); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()

	return fakezstack.Result[T]{Job: f.Start(method, effect)}, nil
}

func (f *fakeZStack) VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error) {
	return ask(ctx, f, "VirtualMachine", func() (*zstack.VirtualMachine, error) {
		vm, ok := f.vms[uuid]
		if !ok {
			return nil, fakezstack.Missing("QueryVmInstance", uuid)
		}
		seen := *vm

		return &seen, nil
	})
}

func (f *fakeZStack) VirtualMachinesNamed(ctx context.Context, name string) ([]zstack.VirtualMachine, error) {
	return ask(ctx, f, "VirtualMachinesNamed", func() ([]zstack.VirtualMachine, error) {
		var found []zstack.VirtualMachine
		for _, vm := range f.vms {
			if vm.Name == name {
				found = append(found, *vm)
			}
		}
		slices.SortFunc(found, func(a, b zstack.VirtualMachine) int { return slices.Compare([]string{a.UUID}, []string{b.UUID}) })

		return found, nil
	})
}

// VirtualMachinesNear finds the VMs whose names differ in case alone.
func (f *fakeZStack) VirtualMachinesNear(ctx context.Context, name string) ([]zstack.VirtualMachine, error) {
	return ask(ctx, f, "VirtualMachinesNear", func() ([]zstack.VirtualMachine, error) {
		var found []zstack.VirtualMachine
		for _, vm := range f.vms {
			if strings.EqualFold(vm.Name, name) {
				found = append(found, *vm)
			}
		}

		return found, nil
	})
}

func (f *fakeZStack) Object(ctx context.Context, kind zstack.ObjectType, uuid string) (zstack.Object, error) {
	return ask(ctx, f, "Object", func() (zstack.Object, error) {
		if object, ok := f.objects[uuid]; ok && object.Type == kind {
			return object, nil
		}

		return zstack.Object{}, fakezstack.Missing("Query "+string(kind), uuid)
	})
}

func (f *fakeZStack) Volume(ctx context.Context, uuid string) (*zstack.Volume, error) {
	return ask(ctx, f, "Volume", func() (*zstack.Volume, error) {
		volume, ok := f.volumes[uuid]
		if !ok {
			return nil, fakezstack.Missing("QueryVolume", uuid)
		}
		seen := *volume

		return &seen, nil
	})
}

func (f *fakeZStack) Owner(ctx context.Context, uuid string) (zstack.Account, error) {
	return ask(ctx, f, "Owner", func() (zstack.Account, error) {
		if owner, known := f.owners[uuid]; known {
			return owner, nil
		}
		id, name, _ := f.Account(ctx)

		return zstack.Account{UUID: id, Name: name}, nil
	})
}

func (f *fakeZStack) HotPlug(ctx context.Context, _ string) (bool, error) {
	return ask(ctx, f, "HotPlug", func() (bool, error) { return false, nil })
}

func (f *fakeZStack) AddressFree(ctx context.Context, _, _ string) (bool, error) {
	return ask(ctx, f, "AddressFree", func() (bool, error) { return true, nil })
}

func (f *fakeZStack) AttachNIC(ctx context.Context, uuid string, nic zstack.NICParam) (task.Handle[zstack.VirtualMachine], error) {
	return call[zstack.VirtualMachine](ctx, f, "AttachNIC", "", f.onVM("AttachL3NetworkToVm", uuid, func(vm *zstack.VirtualMachine) error {
		vm.NICs = append(slices.Clone(vm.NICs), zstack.NIC{
			UUID: f.uuid(), L3NetworkUUID: nic.L3NetworkUUID, IP: nic.IP, MAC: nic.MAC, DeviceID: int64(len(vm.NICs)),
		})

		return nil
	}))
}

// onNIC is an effect on a network interface.
func (f *fakeZStack) onNIC(uuid string, effect func(nic *zstack.NIC)) func() any {
	return func() any {
		for _, vm := range f.vms {
			vm.NICs = slices.Clone(vm.NICs)
			for i := range vm.NICs {
				if vm.NICs[i].UUID == uuid {
					effect(&vm.NICs[i])
				}
			}
		}

		return struct{}{}
	}
}

func (f *fakeZStack) MoveNIC(ctx context.Context, uuid, network, address string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "MoveNIC", "", f.onNIC(uuid, func(nic *zstack.NIC) { nic.L3NetworkUUID, nic.IP = network, address }))
}

func (f *fakeZStack) SetAddress(ctx context.Context, uuid, network, address string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "SetAddress", "", func() any {
		for i, nic := range f.vms[uuid].NICs {
			if nic.L3NetworkUUID == network {
				f.vms[uuid].NICs[i].IP = address
			}
		}

		return struct{}{}
	})
}

func (f *fakeZStack) SetMAC(ctx context.Context, uuid, mac string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "SetMAC", "", f.onNIC(uuid, func(nic *zstack.NIC) { nic.MAC = mac }))
}

func (f *fakeZStack) SystemTags(ctx context.Context, uuid string) ([]zstack.Tag, error) {
	return ask(ctx, f, "SystemTags", func() ([]zstack.Tag, error) { return slices.Clone(f.systemTags[uuid]), nil })
}

func (f *fakeZStack) UserTags(ctx context.Context, uuid string) ([]zstack.Tag, error) {
	return ask(ctx, f, "UserTags", func() ([]zstack.Tag, error) { return slices.Clone(f.userTags[uuid]), nil })
}

// onVM is an effect on a VM.
func (f *fakeZStack) onVM(op, uuid string, effect func(vm *zstack.VirtualMachine) error) func() any {
	return func() any {
		vm, ok := f.vms[uuid]
		if !ok {
			return fakezstack.Missing(op, uuid)
		}
		if err := effect(vm); err != nil {
			return err
		}
		told := *vm
		told.NICs, told.Volumes = nil, nil

		return told
	}
}

// moves is an effect that brings a VM out of one of the states into another.
func (f *fakeZStack) moves(op, uuid string, to zstack.VMState, from ...zstack.VMState) func() any {
	return f.onVM(op, uuid, func(vm *zstack.VirtualMachine) error {
		if !slices.Contains(from, vm.State) {
			return &apierr.Error{
				Kind: apierr.InvalidState, Op: op, Object: uuid, Code: "VM.1010", Messages: []string{"the VM is " + string(vm.State)},
			}
		}
		if vm.State = to; to == zstack.VMRunning {
			vm.HostUUID = hostUUID
		} else {
			vm.HostUUID = ""
		}

		return nil
	})
}

func (f *fakeZStack) UpdateVM(ctx context.Context, uuid string, change zstack.VMUpdate) (task.Handle[zstack.VirtualMachine], error) {
	return call[zstack.VirtualMachine](ctx, f, "UpdateVM", "", f.onVM("UpdateVmInstance", uuid, func(vm *zstack.VirtualMachine) error {
		if change.Name != nil {
			vm.Name = *change.Name
		}
		if change.Description != nil {
			vm.Description = *change.Description
		}
		if change.CPUCount != nil {
			vm.CPUCount = *change.CPUCount
		}
		if change.MemoryBytes != nil {
			vm.MemoryBytes = *change.MemoryBytes
		}

		return nil
	}))
}

func (f *fakeZStack) StartVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error) {
	return call[zstack.VirtualMachine](ctx, f, "StartVM", "",
		f.moves("StartVmInstance", uuid, zstack.VMRunning, zstack.VMStopped, zstack.VMCreated, zstack.VMCrashed))
}

func (f *fakeZStack) ResumeVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error) {
	return call[zstack.VirtualMachine](ctx, f, "ResumeVM", "", f.moves("ResumeVmInstance", uuid, zstack.VMRunning, zstack.VMPaused))
}

func (f *fakeZStack) StopVM(ctx context.Context, uuid string, how zstack.StopType) (task.Handle[zstack.VirtualMachine], error) {
	return call[zstack.VirtualMachine](ctx, f, "StopVM", " "+string(how), f.moves("StopVmInstance", uuid, zstack.VMStopped,
		zstack.VMRunning, zstack.VMPaused, zstack.VMUnknown, zstack.VMCrashed))
}

func (f *fakeZStack) DestroyVM(ctx context.Context, uuid string, mode zstack.DeleteMode) (task.Handle[struct{}], error) {
	way := ""
	if mode != "" {
		way = " " + string(mode)
	}

	return call[struct{}](ctx, f, "DestroyVM", way, f.onVM("DestroyVmInstance", uuid, func(vm *zstack.VirtualMachine) error {
		if vm.State == zstack.VMDestroyed || vm.State.Passing() {
			return &apierr.Error{Kind: apierr.InvalidState, Op: "DestroyVmInstance", Object: uuid, Code: "VM.1010"}
		}
		vm.State, vm.HostUUID = zstack.VMDestroyed, ""
		vm.Volumes = vm.Volumes[:min(1, len(vm.Volumes))]
		for _, volume := range f.volumes {
			if volume.VMInstanceUUID == uuid {
				volume.VMInstanceUUID = ""
			}
		}
		if f.direct {
			delete(f.vms, uuid)
		}

		return nil
	}))
}

func (f *fakeZStack) ExpungeVM(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "ExpungeVM", "", f.onVM("ExpungeVmInstance", uuid, func(vm *zstack.VirtualMachine) error {
		if vm.State != zstack.VMDestroyed {
			return &apierr.Error{Kind: apierr.InvalidState, Op: "ExpungeVmInstance", Object: uuid, Code: "VM.1010"}
		}
		delete(f.vms, uuid)

		return nil
	}))
}

// onVolume is an effect on a volume.
func (f *fakeZStack) onVolume(op, uuid string, effect func(volume *zstack.Volume)) func() any {
	return func() any {
		volume, ok := f.volumes[uuid]
		if !ok {
			return fakezstack.Missing(op, uuid)
		}
		effect(volume)

		return struct{}{}
	}
}

func (f *fakeZStack) DeleteVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "DeleteVolume", "", f.onVolume("DeleteDataVolume", uuid, func(volume *zstack.Volume) {
		if volume.Status = zstack.VolumeDeleted; f.direct {
			delete(f.volumes, uuid)
		}
	}))
}

func (f *fakeZStack) ExpungeVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "ExpungeVolume", "",
		f.onVolume("ExpungeDataVolume", uuid, func(*zstack.Volume) { delete(f.volumes, uuid) }))
}

func (f *fakeZStack) CreateSystemTag(ctx context.Context, uuid, tag string) (task.Handle[zstack.Tag], error) {
	return call[zstack.Tag](ctx, f, "CreateSystemTag", " "+tag, func() any {
		made := zstack.Tag{UUID: f.uuid(), Tag: tag}
		f.systemTags[uuid] = append(f.systemTags[uuid], made)

		return made
	})
}

func (f *fakeZStack) CreateUserTag(ctx context.Context, uuid, tag string) (task.Handle[zstack.Tag], error) {
	return call[zstack.Tag](ctx, f, "CreateUserTag", " "+tag, func() any {
		made := zstack.Tag{UUID: f.uuid(), Tag: tag}
		f.userTags[uuid] = append(f.userTags[uuid], made)

		return made
	})
}

func (f *fakeZStack) DeleteTag(ctx context.Context, tagUUID string) (task.Handle[struct{}], error) {
	return call[struct{}](ctx, f, "DeleteTag", "", func() any {
		is := func(tag zstack.Tag) bool { return tag.UUID == tagUUID }
		for _, kind := range []map[string][]zstack.Tag{f.systemTags, f.userTags} {
			for uuid, tags := range kind {
				if slices.ContainsFunc(tags, is) {
					kind[uuid] = slices.DeleteFunc(slices.Clone(tags), is)

					return struct{}{}
				}
			}
		}

		return fakezstack.Missing("DeleteTag", tagUUID)
	})
}
