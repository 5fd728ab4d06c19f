package zstack

import (
	"cmp"
	"slices"
	"time"
)

// VM is one VM in the inventory.
type VM struct {
	UUID         string `json:"uuid"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	State        string `json:"state"` // the platform's: Running, Stopped, Destroyed …
	ZoneUUID     string `json:"zone_uuid"`
	ClusterUUID  string `json:"cluster_uuid"`
	HostUUID     string `json:"host_uuid"` // empty for one that takes no host's capacity
	LastHostUUID string `json:"last_host_uuid"`
	ImageUUID    string `json:"image_uuid"`
	CPUCount     int64  `json:"cpu_count"`
	MemoryBytes  int64  `json:"memory_bytes"`
	// AffinityGroupUUID is the group that the VM belongs to by its tag.
	AffinityGroupUUID string    `json:"affinity_group_uuid"`
	IPAddresses       []string  `json:"ip_addresses"`
	NICs              []NIC     `json:"nics"`
	RootVolumeUUID    string    `json:"root_volume_uuid"` // empty for a VM that is only a record
	DataVolumeUUIDs   []string  `json:"data_volume_uuids"`
	SystemTags        []string  `json:"system_tags"` // without the platform's own
	UserTags          []string  `json:"user_tags"`
	CreatedAt         time.Time `json:"created_at"`
}

// Volume is one volume in the inventory.
type Volume struct {
	UUID               string   `json:"uuid"`
	Name               string   `json:"name"`
	Type               string   `json:"type"` // Root, Data, Memory
	Status             string   `json:"status"`
	VMUUID             string   `json:"vm_uuid"`      // empty for a detached one
	LastVMUUID         string   `json:"last_vm_uuid"` // the VM that it was detached from
	PrimaryStorageUUID string   `json:"primary_storage_uuid"`
	SizeBytes          int64    `json:"size_bytes"`
	SystemTags         []string `json:"system_tags"`
	// RevertedToUUID is the snapshot that the volume was last reverted to.
	RevertedToUUID string `json:"reverted_to_uuid"`
}

// SnapshotGroup is one snapshot group in the inventory.
type SnapshotGroup struct {
	UUID        string     `json:"uuid"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	VMUUID      string     `json:"vm_uuid"`
	Snapshots   []Snapshot `json:"snapshots"`
}

// Snapshot is one snapshot of a group. A deleted one stays in its group until all are deleted.
type Snapshot struct {
	UUID       string `json:"uuid"`
	VolumeUUID string `json:"volume_uuid"`
	VolumeType string `json:"volume_type"`
	Deleted    bool   `json:"deleted"`
}

// NIC is one network interface of a VM.
type NIC struct {
	L3NetworkUUID string `json:"l3_network_uuid"`
	IP            string `json:"ip"`
	MAC           string `json:"mac"`
	DeviceID      int64  `json:"device_id"`
}

// Tag is one tag of a resource.
type Tag struct {
	UUID     string `json:"uuid"`
	Tag      string `json:"tag"`
	System   bool   `json:"system"`
	Inherent bool   `json:"inherent"` // the platform's own, which cannot be deleted
}

// inventoryView shows the inventory to the control endpoint and to Go callers. It holds the inventory's lock.
type inventoryView struct{ inventory *inventory }

// VMs returns all VMs in any state, including Destroyed ones, by name and then by age.
func (v *inventoryView) VMs() []VM {
	v.inventory.mu.Lock()
	defer v.inventory.mu.Unlock()
	views := make([]VM, len(v.inventory.vms.all))
	for i, one := range v.inventory.vms.all {
		views[i] = v.show(one)
	}
	slices.SortStableFunc(views, func(a, b VM) int { return cmp.Compare(a.Name, b.Name) })

	return views
}

// VM returns the VM with a name that is not Destroyed; the oldest where several share the name.
func (v *inventoryView) VM(name string) (VM, bool) {
	for _, one := range v.VMs() {
		if one.Name == name && one.State != string(vmDestroyed) {
			return one, true
		}
	}

	return VM{}, false
}

// show returns a VM as the control endpoint shows it. The lock must be held.
func (v *inventoryView) show(one *vm) VM {
	view := VM{
		UUID: one.uuid, Name: one.name, Description: one.description, State: string(one.state), ZoneUUID: one.zone.uuid,
		ClusterUUID: uuidOf(one.cluster), HostUUID: uuidOf(one.host), LastHostUUID: uuidOf(one.lastHost), ImageUUID: uuidOf(one.image),
		CPUCount: one.cpus, MemoryBytes: one.memory, AffinityGroupUUID: uuidOf(v.inventory.scheduler.groupOf(one)), RootVolumeUUID: uuidOf(one.root),
		IPAddresses: []string{}, DataVolumeUUIDs: []string{}, SystemTags: v.inventory.tags.texts(one.uuid, true), UserTags: v.inventory.tags.texts(one.uuid, false),
		CreatedAt: one.created,
	}
	for _, nic := range one.nics {
		view.IPAddresses = append(view.IPAddresses, nic.address.String())
		view.NICs = append(view.NICs, NIC{L3NetworkUUID: nic.network.uuid, IP: nic.address.String(), MAC: nic.mac, DeviceID: nic.deviceID})
	}
	for _, attached := range one.volumes {
		if attached.kind == dataVolume {
			view.DataVolumeUUIDs = append(view.DataVolumeUUIDs, attached.uuid)
		}
	}

	return view
}

// Volumes returns all volumes, including deleted ones that were not expunged, by age.
func (v *inventoryView) Volumes() []Volume {
	v.inventory.mu.Lock()
	defer v.inventory.mu.Unlock()
	views := make([]Volume, len(v.inventory.volumes.all))
	for i, one := range v.inventory.volumes.all {
		views[i] = Volume{
			UUID: one.uuid, Name: one.name, Type: string(one.kind), Status: one.status, VMUUID: uuidOf(one.vm), LastVMUUID: uuidOf(one.lastVM),
			PrimaryStorageUUID: uuidOf(one.storage), SizeBytes: one.size, SystemTags: v.inventory.tags.texts(one.uuid, true),
			RevertedToUUID: uuidOf(one.snapshot),
		}
	}

	return views
}

// SnapshotGroups returns all snapshot groups, by age.
func (v *inventoryView) SnapshotGroups() []SnapshotGroup {
	v.inventory.mu.Lock()
	defer v.inventory.mu.Unlock()
	views := make([]SnapshotGroup, len(v.inventory.snapshots.groups.all))
	for i, one := range v.inventory.snapshots.groups.all {
		views[i] = SnapshotGroup{UUID: one.uuid, Name: one.name, Description: one.description, VMUUID: one.vm.uuid}
		for _, ref := range one.refs {
			views[i].Snapshots = append(views[i].Snapshots, Snapshot{
				UUID: ref.snapshot.uuid, VolumeUUID: ref.snapshot.volume.uuid, VolumeType: string(ref.snapshot.volume.kind),
				Deleted: ref.deleted,
			})
		}
	}

	return views
}

// Tags returns all tags of a resource, by age.
func (v *inventoryView) Tags(uuid string) []Tag {
	v.inventory.mu.Lock()
	defer v.inventory.mu.Unlock()
	views := []Tag{}
	for _, one := range v.inventory.tags.of[uuid] {
		views = append(views, Tag{UUID: one.uuid, Tag: one.text, System: one.system, Inherent: one.inherent})
	}

	return views
}

// ID returns the uuid of the oldest resource of a kind and a name, and nothing if there is none. Kinds are zone, cluster,
// host, image, instance_offering, disk_offering, l2_network, l3_network, primary_storage, backup_storage, affinity_group, vm, volume and
// snapshot_group, or the kinds of the API's queries: "Zone", "VmInstance". The kind "vm" excludes Destroyed VMs.
func (v *inventoryView) ID(kind, name string) string {
	if kind == "vm" {
		one, _ := v.VM(name)

		return one.UUID
	}
	v.inventory.mu.Lock()
	defer v.inventory.mu.Unlock()
	kinds := map[string]string{
		"zone": "Zone", "cluster": "Cluster", "host": "Host", "image": "Image", "l3_network": "L3Network",
		"primary_storage": "PrimaryStorage", "affinity_group": "AffinityGroup", "volume": "Volume",
		"snapshot_group": "VolumeSnapshotGroup", "instance_offering": "InstanceOffering", "disk_offering": "DiskOffering",
		"l2_network": "L2Network", "backup_storage": "BackupStorage",
	}
	if named, ok := kinds[kind]; ok {
		kind = named
	}
	for _, one := range v.inventory.catalog.records(kind) {
		if uuid, ok := one["uuid"].(string); ok && one["name"] == name {
			return uuid
		}
	}

	return ""
}
