package zstack

import "slices"

// scheduler chooses hosts for VMs. It has no state of its own.
type scheduler struct {
	infra *infrastructure
	tags  *tagStore
	vms   *vmStore
}

// requirements restrict the hosts that a VM may run on. Nil parts leave the choice to the platform.
type requirements struct {
	cluster *cluster
	host    *host
	group   *affinityGroup
	// storages must all be attached to the host's cluster.
	storages []*storage
}

// place gives a VM with volumes a host.
func (s *scheduler) place(v *vm, wanted requirements) *errorCode {
	if v.host != nil {
		v.lastHost, v.host = v.host, nil // a crashed VM leaves its host
	}
	for _, one := range v.volumes {
		wanted.storages = append(wanted.storages, one.storage)
	}
	chosen, failure := s.choose(v, wanted)
	if failure != nil {
		return failure
	}
	v.host, v.cluster = chosen, chosen.cluster

	return nil
}

// choose returns a host that meets the requirements, has room, and runs no other VM of the VM's group. The VM's last host is
// preferred, then the host with the fewest VMs.
func (s *scheduler) choose(v *vm, wanted requirements) (*host, *errorCode) {
	wanted.group = s.groupOf(v)
	var best *host
	for _, candidate := range s.infra.hosts.all {
		if !s.suits(candidate, v, wanted) {
			continue
		}
		if candidate == v.lastHost {
			return candidate, nil
		}
		if best == nil || s.count(candidate) < s.count(best) {
			best = candidate
		}
	}
	if best == nil {
		return nil, newError(codeNoHost, "no host has cpu[%d], memory[%d bytes] and everything else that vm[name:%s] needs", v.cpus, v.memory, v.name)
	}

	return best, nil
}

// suits reports whether a VM can run on a host.
func (s *scheduler) suits(candidate *host, v *vm, wanted requirements) bool {
	if !candidate.usable() || wanted.host != nil && wanted.host != candidate || wanted.cluster != nil && wanted.cluster != candidate.cluster {
		return false
	}
	for _, storage := range wanted.storages {
		if !slices.Contains(storage.clusters, candidate.cluster) {
			return false
		}
	}
	cpus, memory := s.load(candidate)
	if candidate.cpus-cpus < v.cpus || candidate.memory-memory < v.memory {
		return false
	}
	for _, other := range s.vms.all {
		if wanted.group != nil && other != v && other.host == candidate && s.groupOf(other) == wanted.group {
			return false
		}
	}

	return true
}

// load returns the CPUs and the bytes of memory that VMs take of a host.
func (s *scheduler) load(h *host) (cpus, memory int64) {
	for _, v := range s.vms.all {
		if v.host == h {
			cpus += v.cpus
			memory += v.memory
		}
	}

	return cpus, memory
}

// count returns how many VMs a host runs.
func (s *scheduler) count(h *host) int {
	count := 0
	for _, v := range s.vms.all {
		if v.host == h {
			count++
		}
	}

	return count
}

// groupOf returns the affinity group that a VM belongs to by its tag, nil if none.
func (s *scheduler) groupOf(v *vm) *affinityGroup {
	group, _ := s.infra.groups.get(s.tags.systemValue(v.uuid, affinityTag))

	return group
}
