package zstack

// infrastructure holds the objects that exist before any VM and that the API only queries.
type infrastructure struct {
	zones    table[*zone]
	clusters table[*cluster]
	hosts    table[*host]
	images   table[*image]
	storages table[*storage]
	networks table[*network]
	groups   table[*affinityGroup]
}

// find returns the common part of an object of any kind, nil if there is none.
func (i *infrastructure) find(uuid string) *place {
	if one, ok := i.zones.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.clusters.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.hosts.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.images.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.networks.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.storages.get(uuid); ok {
		return &one.place
	}
	if one, ok := i.groups.get(uuid); ok {
		return &one.place
	}

	return nil
}
