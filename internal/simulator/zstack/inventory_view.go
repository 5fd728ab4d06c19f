package zstack

import (
	"cmp"
	"slices"
	"time"
)

// VM is one VM as it stands in the inventory.
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
	RootVolumeUUID    string    `json:"root_volume_uuid"` // empty for a VM that is only a record
	DataVolumeUUIDs   []string  `json:"data_volume_uuids"`
	SystemTags        []string  `json:"system_tags"` // without the platform's own
	UserTags          []string  `json:"user_tags"`
	CreatedAt         time.Time `json:"created_at"`
}

// Volume is one volume as it stands in the inventory.
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

// SnapshotGroup is one group as it stands in the inventory.
type SnapshotGroup struct {
	UUID        string     `json:"uuid"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	VMUUID      string     `json:"vm_uuid"`
	Snapshots   []Snapshot `json:"snapshots"`
}

// Snapshot is one snapshot of a group. A deleted one stays in its group until the last is deleted.
type Snapshot struct {
	UUID       string `json:"uuid"`
	VolumeUUID string `json:"volume_uuid"`
	VolumeType string `json:"volume_type"`
	Deleted    bool   `json:"deleted"`
}

// Tag is one tag of a resource.
type Tag struct {
	UUID     string `json:"uuid"`
	Tag      string `json:"tag"`
	System   bool   `json:"system"`
	Inherent bool   `json:"inherent"` // the platform's own, which cannot be deleted
}

// VMs returns all VMs in whatever state, also Destroyed ones, by name and then by age.
func (s *Server) VMs() []VM {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	views := make([]VM, len(s.world.vms.all))
	for i, one := range s.world.vms.all {
		views[i] = s.world.view(one)
	}
	slices.SortStableFunc(views, func(a, b VM) int { return cmp.Compare(a.Name, b.Name) })

	return views
}

// VM returns the VM of a name that is not Destroyed; the oldest where several share the name.
func (s *Server) VM(name string) (VM, bool) {
	for _, one := range s.VMs() {
		if one.Name == name && one.State != string(vmDestroyed) {
			return one, true
		}
	}

	return VM{}, false
}

func (w *world) view(v *vm) VM {
	view := VM{
		UUID: v.uuid, Name: v.name, Description: v.description, State: string(v.state), ZoneUUID: v.zone.uuid,
		ClusterUUID: uuidOf(v.cluster), HostUUID: uuidOf(v.host), LastHostUUID: uuidOf(v.lastHost), ImageUUID: uuidOf(v.image),
		CPUCount: v.cpus, MemoryBytes: v.memory, AffinityGroupUUID: uuidOf(w.groupOf(v)), RootVolumeUUID: uuidOf(v.root),
		IPAddresses: []string{}, DataVolumeUUIDs: []string{}, SystemTags: w.texts(v.uuid, true), UserTags: w.texts(v.uuid, false),
		CreatedAt: v.created,
	}
	for _, one := range v.nics {
		view.IPAddresses = append(view.IPAddresses, one.address.String())
	}
	for _, one := range v.volumes {
		if one.kind == dataVolume {
			view.DataVolumeUUIDs = append(view.DataVolumeUUIDs, one.uuid)
		}
	}

	return view
}

// texts are the tags of a resource, without the platform's own.
func (w *world) texts(uuid string, system bool) []string {
	texts := []string{}
	for _, one := range w.tagsOf[uuid] {
		if one.system == system && !one.inherent {
			texts = append(texts, one.text)
		}
	}

	return texts
}

// Volumes returns all volumes, also deleted ones that were not expunged, by age.
func (s *Server) Volumes() []Volume {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	views := make([]Volume, len(s.world.volumes.all))
	for i, one := range s.world.volumes.all {
		views[i] = Volume{
			UUID: one.uuid, Name: one.name, Type: string(one.kind), Status: one.status, VMUUID: uuidOf(one.vm), LastVMUUID: uuidOf(one.lastVM),
			PrimaryStorageUUID: one.storage.uuid, SizeBytes: one.size, SystemTags: s.world.texts(one.uuid, true),
			RevertedToUUID: uuidOf(one.snapshot),
		}
	}

	return views
}

// SnapshotGroups returns all snapshot groups, by age.
func (s *Server) SnapshotGroups() []SnapshotGroup {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	views := make([]SnapshotGroup, len(s.world.bundles.all))
	for i, one := range s.world.bundles.all {
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
func (s *Server) Tags(uuid string) []Tag {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	views := []Tag{}
	for _, one := range s.world.tagsOf[uuid] {
		views = append(views, Tag{UUID: one.uuid, Tag: one.text, System: one.system, Inherent: one.inherent})
	}

	return views
}

// ID returns the uuid of the oldest resource of a kind and a name, and nothing where there is none. Kinds are zone, cluster,
// host, image, l3_network, primary_storage, affinity_group, vm, volume and snapshot_group, or what the API's queries are
// called by: "Zone", "VmInstance". Destroyed VMs are no "vm".
func (s *Server) ID(kind, name string) string {
	if kind == "vm" {
		one, _ := s.VM(name)

		return one.UUID
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	kinds := map[string]string{
		"zone": "Zone", "cluster": "Cluster", "host": "Host", "image": "Image", "l3_network": "L3Network",
		"primary_storage": "PrimaryStorage", "affinity_group": "AffinityGroup", "volume": "Volume",
		"snapshot_group": "VolumeSnapshotGroup",
	}
	if named, ok := kinds[kind]; ok {
		kind = named
	}
	for _, one := range s.world.records(kind) {
		if uuid, ok := one["uuid"].(string); ok && one["name"] == name {
			return uuid
		}
	}

	return ""
}
