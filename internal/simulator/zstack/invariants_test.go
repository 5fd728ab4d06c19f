package zstack_test

import (
	"fmt"
	"slices"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// everything is the inventory as the API shows it.
type everything struct {
	vms     map[string]machine
	volumes map[string]disk
	shots   map[string]shot
	groups  []bundle
	tags    []label
	hosts   []capacity
	stores  []capacity
}

type shot struct {
	UUID, VolumeUUID, PrimaryStorageUUID, GroupUUID string
	Size                                            int64
}

// capacity is the capacity of a host or a storage.
type capacity struct {
	UUID                                                                                                                   string
	TotalCPUCapacity, AvailableCPUCapacity, TotalMemoryCapacity, AvailableMemoryCapacity, TotalCapacity, AvailableCapacity int64
}

func readAll(b *bench) everything {
	b.t.Helper()
	all := everything{
		vms: map[string]machine{}, volumes: map[string]disk{}, shots: map[string]shot{},
		groups: read[bundle](b, groupsPath), hosts: read[capacity](b, "/v1/hosts"), stores: read[capacity](b, "/v1/primary-storage"),
		tags: append(read[label](b, "/v1/system-tags"), read[label](b, "/v1/user-tags")...),
	}
	for _, one := range read[machine](b, "/v1/vm-instances") {
		all.vms[one.UUID] = one
	}
	for _, one := range read[disk](b, "/v1/volumes") {
		all.volumes[one.UUID] = one
	}
	for _, one := range read[shot](b, "/v1/volume-snapshots") {
		all.shots[one.UUID] = one
	}

	return all
}

// broken returns the violated invariants.
func (e everything) broken(server *zstacksim.Server) []string {
	var wrong []string
	complain := func(text string, values ...any) { wrong = append(wrong, fmt.Sprintf(text, values...)) }
	e.checkVMs(complain)
	e.checkVolumes(complain)
	e.checkSnapshots(complain)
	e.checkCapacity(complain)
	e.checkAffinity(server, complain)
	for _, tag := range e.tags {
		_, isVM := e.vms[tag.ResourceUUID]
		_, isVolume := e.volumes[tag.ResourceUUID]
		if !isVM && !isVolume && tag.ResourceType != "ImageVO" {
			complain("tag %s points to nothing", tag.Tag)
		}
	}

	return wrong
}

func (e everything) checkVMs(complain func(string, ...any)) {
	addresses := map[string]string{}
	for _, vm := range e.vms {
		if hasHost := slices.Contains([]string{"Running", "Paused"}, vm.State); hasHost != (vm.HostUUID != "") {
			complain("%s is %s and on host %q", vm.Name, vm.State, vm.HostUUID)
		}
		roots := 0
		for _, volume := range vm.AllVolumes {
			if e.volumes[volume.UUID].VMInstanceUUID != vm.UUID {
				complain("%s has volume %s, which does not say so", vm.Name, volume.UUID)
			}
			if volume.Type == "Root" {
				roots++
			}
		}
		if isRecord := vm.RootVolumeUUID == ""; isRecord != (roots == 0) || isRecord != (len(vm.VMNics) == 0) || roots > 1 {
			complain("%s has %d root volumes and %d interfaces", vm.Name, roots, len(vm.VMNics))
		}
		for _, nic := range vm.VMNics {
			for _, address := range []string{nic.IP, nic.MAC} {
				if other, taken := addresses[address]; taken {
					complain("%s and %s share %s", vm.Name, other, address)
				}
				addresses[address] = vm.Name
			}
		}
	}
}

func (e everything) checkVolumes(complain func(string, ...any)) {
	for _, volume := range e.volumes {
		owner, attached := e.vms[volume.VMInstanceUUID]
		has := slices.ContainsFunc(owner.AllVolumes, func(one disk) bool { return one.UUID == volume.UUID })
		switch {
		case volume.VMInstanceUUID != "" && (!attached || !has):
			complain("volume %s is attached to %s, which does not have it", volume.UUID, volume.VMInstanceUUID)
		case volume.VMInstanceUUID == "" && volume.Type != "Data":
			complain("%s volume %s is detached", volume.Type, volume.UUID)
		case volume.Status == "Deleted" && attached:
			complain("volume %s is deleted and attached", volume.UUID)
		}
	}
}

func (e everything) checkSnapshots(complain func(string, ...any)) {
	grouped := map[string]bool{}
	for _, group := range e.groups {
		left := 0
		for _, ref := range group.VolumeSnapshotRefs {
			_, there := e.shots[ref.VolumeSnapshotUUID]
			grouped[ref.VolumeSnapshotUUID] = true
			if there == ref.SnapshotDeleted {
				complain("group %s: snapshot %s deleted=%v there=%v", group.Name, ref.VolumeSnapshotUUID, ref.SnapshotDeleted, there)
			}
			if there {
				left++
			}
		}
		if left == 0 {
			complain("group %s is empty", group.Name)
		}
	}
	for _, one := range e.shots {
		if _, there := e.volumes[one.VolumeUUID]; !there {
			complain("snapshot %s is of a volume that is gone", one.UUID)
		}
		if (one.GroupUUID != "") != grouped[one.UUID] {
			complain("snapshot %s says it is in group %q", one.UUID, one.GroupUUID)
		}
	}
}

func (e everything) checkCapacity(complain func(string, ...any)) {
	for _, host := range e.hosts {
		cpus, memory := host.TotalCPUCapacity-host.AvailableCPUCapacity, host.TotalMemoryCapacity-host.AvailableMemoryCapacity
		for _, vm := range e.vms {
			if vm.HostUUID == host.UUID {
				cpus -= vm.CPUNum
				memory -= vm.MemorySize
			}
		}
		if cpus != 0 || memory != 0 {
			complain("host %s: %d CPUs and %d bytes do not add up", host.UUID, cpus, memory)
		}
	}
	for _, storage := range e.stores {
		used := storage.TotalCapacity - storage.AvailableCapacity
		for _, volume := range e.volumes {
			if volume.PrimaryStorageUUID == storage.UUID {
				used -= volume.Size
			}
		}
		for _, one := range e.shots {
			if one.PrimaryStorageUUID == storage.UUID {
				used -= one.Size
			}
		}
		if used != 0 {
			complain("storage %s: %d bytes do not add up", storage.UUID, used)
		}
	}
}

// checkAffinity applies to VMs that are in the group from their creation.
func (e everything) checkAffinity(server *zstacksim.Server, complain func(string, ...any)) {
	taken := map[string]string{}
	for _, vm := range server.VMs() {
		if vm.AffinityGroupUUID == "" || vm.HostUUID == "" {
			continue
		}
		if other, two := taken[vm.HostUUID]; two {
			complain("%s and %s are on one host", vm.Name, other)
		}
		taken[vm.HostUUID] = vm.Name
	}
}
