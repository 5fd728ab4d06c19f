package zstack

import (
	"fmt"
	"net/netip"
)

// The initial inventory.
const (
	goldenName        = "golden"
	goldenStoppedName = "golden-stopped"
	groupName         = "spread"

	hostsPerCluster = 3
	hostCPUs        = 4096
	hostMemory      = 4 << 40
	storageBytes    = 100 << 40
	addresses       = 16000
	prefixLength    = 18
	netmask         = "255.255.192.0"
	antiAffinity    = "ANTIHARD" // hard: a VM without a free host does not start

	vmCPUs         = 1
	vmMemory       = 1 << 30
	rootBytes      = 10 << 30
	rootUsedBytes  = 2 << 30
	dataBytes      = 20 << 30
	dataUsedBytes  = 1 << 30
	imageFormat    = "qcow2"
	macFormat      = "fa:%02x:%02x:%02x:%02x:00"
	firstHostPlace = 10
)

// populate creates the inventory that the package comment describes.
func (inv *inventory) populate(vms int) {
	enabled := func(name, status string) place {
		return place{resource: inv.clock.newResource(name), state: stateEnabled, status: status}
	}
	home := inv.infra.zones.add(&zone{place: enabled("zone-1", "")})
	var clusters []*cluster
	for i := range 2 {
		one := inv.infra.clusters.add(&cluster{place: enabled(fmt.Sprintf("cluster-%d", i+1), ""), zone: home})
		clusters = append(clusters, one)
		for range hostsPerCluster {
			number := len(inv.infra.hosts.all) + 1
			inv.infra.hosts.add(&host{
				place: enabled(fmt.Sprintf("host-%d", number), statusConnected), cluster: one, cpus: hostCPUs, memory: hostMemory,
				address: fmt.Sprintf("172.20.0.%d", firstHostPlace+number),
			})
		}
	}
	inv.addOfferings()
	for i := range 3 {
		attached := clusters
		if i == 2 {
			attached = clusters[1:]
		}
		inv.infra.storages.add(&storage{
			place: enabled(fmt.Sprintf("storage-%d", i+1), statusConnected), kind: storageNFS, zone: home, clusters: attached,
			bytes: storageBytes,
		})
	}
	inv.addNetwork("net-1", netip.MustParseAddr("10.20.0.1"), netip.MustParseAddr("10.20.0.10"), addresses)
	inv.infra.groups.add(&affinityGroup{place: enabled(groupName, ""), zone: home, policy: antiAffinity})

	inv.addRouterOffering()
	inv.addListed()

	golden := inv.createVM(goldenName)
	golden.description = "the VM that others are made from"
	data := inv.volumes.create(dataVolume, "data-1", inv.infra.storages.all[0], dataBytes, dataUsedBytes)
	inv.volumes.attach(data, golden)
	inv.vms.settle(inv.createVM(goldenStoppedName), vmStopped)
	for i := range vms {
		inv.createVM(fmt.Sprintf("vm-%d", i))
	}
}

// addNetwork adds an enabled L3 network.
func (inv *inventory) addNetwork(name string, gateway, first netip.Addr, count int64) *network {
	return inv.infra.networks.add(&network{
		place: place{resource: inv.clock.newResource(name), state: stateEnabled}, zone: inv.infra.zones.all[0], gateway: gateway,
		l2: inv.infra.l2s.all[0], rangeUUID: newUUID(), netmask: netmask, first: first, count: count, used: map[netip.Addr]bool{},
	})
}

// createVM creates a running VM.
func (inv *inventory) createVM(name string) *vm {
	first := inv.infra.hosts.all[len(inv.vms.all)%hostsPerCluster]
	one := inv.vms.add(&vm{
		resource: inv.clock.newResource(name), state: vmRunning, zone: first.cluster.zone, cluster: first.cluster, host: first,
		image: inv.infra.images.all[0], offering: inv.infra.offerings.all[0], network: inv.infra.networks.all[0], cpus: vmCPUs, memory: vmMemory,
	})
	root := inv.volumes.create(rootVolume, rootVolumeName(one), inv.infra.storages.all[0], rootBytes, rootUsedBytes)
	root.image = one.image
	inv.volumes.attach(root, one)
	_ = inv.nics.create(one, nicPlan{network: one.network}) // where an address is left
	inv.tags.createInherent(one.uuid)

	return one
}

func rootVolumeName(v *vm) string { return "Root-Volume-For-VM-" + v.uuid }
