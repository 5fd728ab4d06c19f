package zstack

import "slices"

// operations returns all APIs. Where two paths match a request, the first is used.
func operations(inv *inventory, faults *faultStore, accounts accountAPI) []operation {
	query := queryAPI{inv.catalog}
	machines := vmAPI{vms: inv.vms}
	all := slices.Concat(
		query.operations("Zone", "/v1/zones"),
		query.operations("Cluster", "/v1/clusters"),
		query.operations("Host", "/v1/hosts"),
		query.operations("Image", "/v1/images"),
		query.operations("L3Network", "/v1/l3-networks"),
		query.operations("PrimaryStorage", "/v1/primary-storage"),
		query.operations("AffinityGroup", "/v1/affinity-groups"),
		query.operations("VmInstance", "/v1/vm-instances"),
		query.operations("Volume", "/v1/volumes"),
		query.operations("VolumeSnapshotGroup", groupPath),
		query.operations("VolumeSnapshotTree", "/v1/volume-snapshots/trees"),
		query.operations("VolumeSnapshot", "/v1/volume-snapshots"),
		query.operations("SystemTag", "/v1/system-tags"),
		query.operations("UserTag", "/v1/user-tags"),
		powerAPI{vmAPI: machines, infra: inv.infra, tags: inv.tags, scheduler: inv.scheduler, builder: inv.builder}.operations(),
		cloneAPI{infra: inv.infra, tags: inv.tags, vms: inv.vms, builder: inv.builder, faults: faults}.operations(),
		machines.operations(),
		destroyAPI{vmAPI: machines, bin: inv.bin}.operations(),
		volumeAPI{volumes: inv.volumes, snapshots: inv.snapshots, bin: inv.bin}.operations(),
		snapshotGroupAPI{vms: inv.vms, volumes: inv.volumes, snapshots: inv.snapshots, space: inv.space, catalog: inv.catalog}.operations(),
		snapshotAPI{volumes: inv.volumes, snapshots: inv.snapshots, space: inv.space, catalog: inv.catalog}.operations(),
		nicAPI{vmAPI: machines, infra: inv.infra, nics: inv.nics}.operations(),
		tagAPI{infra: inv.infra, tags: inv.tags, catalog: inv.catalog}.operations(),
		ownerAPI{catalog: inv.catalog, accounts: accounts.accounts}.operations(),
	)
	for i := range all {
		begin := all[i].begin
		all[i].begin = func(c *call) (effect, *errorCode) {
			inv.bin.expire()
			if failure := inv.catalog.permit(c); failure != nil {
				return nil, failure
			}

			return begin(c)
		}
	}

	return append(accounts.operations(), all...)
}
