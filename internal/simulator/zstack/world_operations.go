package zstack

import "slices"

// worldOperations are the APIs of the inventory. Of two paths that fit, the first counts.
func worldOperations() []operation {
	all := slices.Concat(
		queries("Zone", "/v1/zones"),
		queries("Cluster", "/v1/clusters"),
		queries("Host", "/v1/hosts"),
		queries("Image", "/v1/images"),
		queries("L3Network", "/v1/l3-networks"),
		queries("PrimaryStorage", "/v1/primary-storage"),
		queries("AffinityGroup", "/v1/affinity-groups"),
		queries("VmInstance", "/v1/vm-instances"),
		queries("Volume", "/v1/volumes"),
		queries("VolumeSnapshotGroup", groupPath),
		queries("VolumeSnapshot", "/v1/volume-snapshots"),
		queries("SystemTag", "/v1/system-tags"),
		queries("UserTag", "/v1/user-tags"),
		vmOperations(),
		volumeOperations(),
		snapshotGroupOperations(),
		snapshotOperations(),
		tagOperations(),
	)
	for i := range all {
		begin := all[i].begin
		all[i].begin = func(c *call) (effect, *errorCode) {
			c.server.world.empty()

			return begin(c)
		}
	}

	return all
}
