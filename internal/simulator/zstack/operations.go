package zstack

import "slices"

// operations returns all APIs. Where two paths match a request, the first is used.
func operations(inv *inventory, faults *faultStore, accounts accountAPI) []operation {
	clones := cloneAPI{infra: inv.infra, tags: inv.tags, vms: inv.vms, builder: inv.builder, faults: faults}
	machines := vmAPI{vms: inv.vms}
	groups := snapshotGroupAPI{vms: inv.vms, volumes: inv.volumes, snapshots: inv.snapshots, space: inv.space, catalog: inv.catalog}
	all := slices.Concat(
		queryAPI{inv.catalog}.operations(),
		powerAPI{vmAPI: machines, infra: inv.infra, tags: inv.tags, scheduler: inv.scheduler, builder: inv.builder}.operations(),
		clones.operations(),
		vmCreateAPI{cloneAPI: clones, catalog: inv.catalog}.operations(),
		machines.operations(),
		destroyAPI{vmAPI: machines, bin: inv.bin}.operations(),
		volumeAPI{
			infra: inv.infra, tags: inv.tags, volumes: inv.volumes, snapshots: inv.snapshots, space: inv.space, catalog: inv.catalog, bin: inv.bin,
		}.operations(),
		groups.operations(),
		revertAPI{groups}.operations(),
		snapshotAPI{volumes: inv.volumes, snapshots: inv.snapshots, space: inv.space, catalog: inv.catalog}.operations(),
		l3NetworkAPI{inv.infra}.operations(),
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
