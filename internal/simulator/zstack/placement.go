package zstack

import (
	"fmt"
	"net/netip"
	"slices"
)

// wish says where a VM is to run. Nil parts leave the choice to the platform.
type wish struct {
	cluster *cluster
	host    *host
	group   *affinityGroup
	// storages must all be attached to the host's cluster.
	storages []*storage
}

// takeHost finds a host for a VM: one that fits the wish, has room, and runs no other VM of the VM's group. The host that
// the VM was last on comes first, then the one with the fewest VMs.
func (w *world) takeHost(v *vm, wanted wish) (*host, *errorCode) {
	var best *host
	for _, candidate := range w.hosts.all {
		if !w.suits(candidate, v, wanted) {
			continue
		}
		if candidate == v.lastHost {
			return candidate, nil
		}
		if best == nil || w.population(candidate) < w.population(best) {
			best = candidate
		}
	}
	if best == nil {
		return nil, newError(codeNoHost, "no host has cpu[%d], memory[%d bytes] and everything else that vm[name:%s] needs", v.cpus, v.memory, v.name)
	}

	return best, nil
}

func (w *world) suits(candidate *host, v *vm, wanted wish) bool {
	if !candidate.usable() || wanted.host != nil && wanted.host != candidate || wanted.cluster != nil && wanted.cluster != candidate.cluster {
		return false
	}
	for _, storage := range wanted.storages {
		if !slices.Contains(storage.clusters, candidate.cluster) {
			return false
		}
	}
	cpus, memory := w.load(candidate)
	if candidate.cpus-cpus < v.cpus || candidate.memory-memory < v.memory {
		return false
	}
	for _, other := range w.vms.all {
		if wanted.group != nil && other != v && other.host == candidate && w.groupOf(other) == wanted.group {
			return false
		}
	}

	return true
}

// load is what the VMs on a host take of it.
func (w *world) load(h *host) (cpus, memory int64) {
	for _, v := range w.vms.all {
		if v.host == h {
			cpus += v.cpus
			memory += v.memory
		}
	}

	return cpus, memory
}

func (w *world) population(h *host) int {
	count := 0
	for _, v := range w.vms.all {
		if v.host == h {
			count++
		}
	}

	return count
}

// checkRoom returns PS.1000 unless the storage can take as many bytes more.
func (w *world) checkRoom(s *storage, bytes int64) *errorCode {
	if s.state != stateEnabled || s.status != statusConnected {
		return newError(codeNoStorage, "primary storage[uuid:%s] is %s and %s", s.uuid, s.state, s.status)
	}
	if free := s.bytes - w.stored(s); free < bytes {
		return newError(codeNoStorage, "primary storage[uuid:%s] has %d bytes left, %d are needed", s.uuid, free, bytes)
	}

	return nil
}

// stored is what volumes and snapshots take of a storage. Volumes take their whole size, however they are provisioned.
func (w *world) stored(s *storage) int64 {
	var bytes int64
	for _, v := range w.volumes.all {
		if v.storage == s {
			bytes += v.size
		}
	}
	for _, one := range w.snapshots.all {
		if one.storage == s {
			bytes += one.size
		}
	}

	return bytes
}

// takeAddress takes the lowest free address of a network.
func (w *world) takeAddress(n *network) (netip.Addr, *errorCode) {
	address := n.first
	for range n.count {
		if n.state == stateEnabled && !n.used[address] {
			n.used[address] = true

			return address, nil
		}
		address = address.Next()
	}

	return netip.Addr{}, newError(codeNoAddress, "no ip address is left in l3Network[uuid:%s]", n.uuid)
}

// addNIC gives a VM an interface with an address that was taken for it.
func (w *world) addNIC(v *vm, address netip.Addr) {
	w.nics++
	v.nics = append(v.nics, &nic{
		resource: w.newResource(fmt.Sprintf("vnic%d.0", w.nics)), network: v.network, address: address,
		mac: fmt.Sprintf(macFormat, byte(w.nics>>24), byte(w.nics>>16), byte(w.nics>>8), byte(w.nics)), deviceID: int64(len(v.nics)),
	})
}

// removeNICs takes a VM's interfaces away and gives their addresses back.
func (w *world) removeNICs(v *vm) {
	for _, one := range v.nics {
		delete(one.network.used, one.address)
	}
	v.nics = nil
}
