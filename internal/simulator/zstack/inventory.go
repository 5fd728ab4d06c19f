package zstack

import (
	"fmt"
	"net/netip"
)

// What the inventory starts with.
const (
	goldenName        = "golden"
	goldenStoppedName = "golden-stopped"
	groupName         = "spread"

	hostsPerCluster = 3
	hostCPUs        = 4096
	hostMemory      = 4 << 40
	storageBytes    = 100 << 40
	addresses       = 16000
	antiAffinity    = "ANTIHARD" // hard: rather no VM than two on one host

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

// furnish makes the inventory that the package comment describes.
func (w *world) furnish(vms int) {
	enabled := func(name, status string) place {
		return place{resource: w.newResource(name), state: stateEnabled, status: status}
	}
	home := w.zones.add(&zone{place: enabled("zone-1", "")})
	var clusters []*cluster
	for i := range 2 {
		one := w.clusters.add(&cluster{place: enabled(fmt.Sprintf("cluster-%d", i+1), ""), zone: home})
		clusters = append(clusters, one)
		for range hostsPerCluster {
			number := len(w.hosts.all) + 1
			w.hosts.add(&host{
				place: enabled(fmt.Sprintf("host-%d", number), statusConnected), cluster: one, cpus: hostCPUs, memory: hostMemory,
				address: fmt.Sprintf("172.20.0.%d", firstHostPlace+number),
			})
		}
	}
	w.images.add(&image{place: enabled("image-1", statusReady), bytes: rootBytes})
	for i := range 3 {
		attached := clusters
		if i == 2 {
			attached = clusters[1:]
		}
		w.storages.add(&storage{
			place: enabled(fmt.Sprintf("storage-%d", i+1), statusConnected), zone: home, clusters: attached, bytes: storageBytes,
		})
	}
	w.networks.add(&network{
		place: enabled("net-1", ""), zone: home, gateway: netip.MustParseAddr("10.20.0.1"), netmask: "255.255.192.0",
		first: netip.MustParseAddr("10.20.0.10"), count: addresses, used: map[netip.Addr]bool{},
	})
	w.groups.add(&affinityGroup{place: enabled(groupName, ""), zone: home, policy: antiAffinity})

	offering := newUUID()
	golden := w.furnishVM(goldenName, offering)
	golden.description = "the VM that others are made from"
	data := w.newVolume(dataVolume, "data-1", w.storages.all[0], dataBytes, dataUsedBytes)
	w.attach(data, golden)
	w.settle(w.furnishVM(goldenStoppedName, offering), vmStopped)
	for i := range vms {
		w.furnishVM(fmt.Sprintf("vm-%d", i), offering)
	}
}

// furnishVM makes a running VM.
func (w *world) furnishVM(name, offering string) *vm {
	first := w.hosts.all[len(w.vms.all)%hostsPerCluster]
	one := w.vms.add(&vm{
		resource: w.newResource(name), state: vmRunning, zone: first.cluster.zone, cluster: first.cluster, host: first,
		image: w.images.all[0], offering: offering, network: w.networks.all[0], cpus: vmCPUs, memory: vmMemory,
	})
	root := w.newVolume(rootVolume, rootVolumeName(one), w.storages.all[0], rootBytes, rootUsedBytes)
	root.image = one.image
	w.attach(root, one)
	if address, failure := w.takeAddress(one.network); failure == nil {
		w.addNIC(one, address)
	}
	w.addPlatformTags(one)

	return one
}

func rootVolumeName(v *vm) string { return "Root-Volume-For-VM-" + v.uuid }
