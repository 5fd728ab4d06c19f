package zstack

// infrastructure holds the objects that exist before any VM and that the API only queries.
type infrastructure struct {
	zones         table[*zone]
	clusters      table[*cluster]
	hosts         table[*host]
	images        table[*image]
	storages      table[*storage]
	stores        table[*backupStorage]
	l2s           table[*l2Network]
	networks      table[*network]
	groups        table[*affinityGroup]
	offerings     table[*instanceOffering]
	diskOfferings table[*diskOffering]
	listed        table[*listed]
}

// lookups find an object by its uuid, by the type that tags name.
func (i *infrastructure) lookups() map[string]func(uuid string) *place {
	return map[string]func(uuid string) *place{
		"ZoneVO":             placeIn(&i.zones),
		"ClusterVO":          placeIn(&i.clusters),
		"HostVO":             placeIn(&i.hosts),
		"ImageVO":            placeIn(&i.images),
		"L2NetworkVO":        placeIn(&i.l2s),
		"L3NetworkVO":        placeIn(&i.networks),
		"PrimaryStorageVO":   placeIn(&i.storages),
		"BackupStorageVO":    placeIn(&i.stores),
		"AffinityGroupVO":    placeIn(&i.groups),
		"InstanceOfferingVO": placeIn(&i.offerings),
		"DiskOfferingVO":     placeIn(&i.diskOfferings),
	}
}

// placeIn returns the lookup of a table: nil for an unknown uuid.
func placeIn[T interface {
	identified
	common() *place
}](in *table[T],
) func(uuid string) *place {
	return func(uuid string) *place {
		one, ok := in.get(uuid)
		if !ok {
			return nil
		}

		return one.common()
	}
}

func (p *place) common() *place { return p }

// find returns the common part of an object of any kind, nil if there is none.
func (i *infrastructure) find(uuid string) *place {
	for _, look := range i.lookups() {
		if one := look(uuid); one != nil {
			return one
		}
	}

	return placeIn(&i.listed)(uuid)
}

// records returns all objects of a kind that are shown without anything else of the inventory.
func (i *infrastructure) records(kind string) []record {
	switch kind {
	case "Zone":
		return all(&i.zones, zoneRecord)
	case "Cluster":
		return all(&i.clusters, clusterRecord)
	case "Image":
		return all(&i.images, imageRecord)
	case "L2Network":
		return all(&i.l2s, l2Record)
	case "L2VlanNetwork":
		return some(&i.l2s, l2Record, func(one *l2Network) bool { return one.vlan > 0 })
	case "L3Network":
		return all(&i.networks, networkRecord)
	case "IpRange":
		return all(&i.networks, rangeRecord)
	case "BackupStorage", "ImageStoreBackupStorage":
		return all(&i.stores, i.storeRecord)
	case "InstanceOffering":
		return all(&i.offerings, offeringRecord)
	case "VirtualRouterOffering":
		return some(&i.offerings, routerOfferingRecord, func(one *instanceOffering) bool { return one.router != nil })
	case "DiskOffering":
		return all(&i.diskOfferings, diskOfferingRecord)
	default:
		return some(&i.listed, listedRecord, func(one *listed) bool { return one.kind == kind })
	}
}
