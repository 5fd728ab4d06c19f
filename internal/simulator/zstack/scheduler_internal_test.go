package zstack

import "testing"

func TestScheduler(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	hosts := inv.infra.hosts.all
	source, _ := golden(t, inv)
	next := func(wanted requirements) (*host, *errorCode) {
		return inv.scheduler.choose(inv.vms.createRecord("candidate", source), wanted)
	}

	if got, failure := next(requirements{}); failure != nil || got == source.host {
		t.Errorf("got %v %v, want a host without VMs", got, failure)
	}
	for _, wanted := range hosts {
		if got, failure := next(requirements{host: wanted}); failure != nil || got != wanted {
			t.Errorf("got %v %v, want the requested %s", got, failure, wanted.name)
		}
	}
	if got, failure := next(requirements{storages: inv.infra.storages.all[2:]}); failure != nil || got.cluster != inv.infra.clusters.all[1] {
		t.Errorf("got %v %v, want a host of the cluster that storage-3 is attached to", got, failure)
	}
	_, failure := next(requirements{cluster: inv.infra.clusters.all[0], storages: inv.infra.storages.all[2:]})
	hasCode(t, failure, codeNoHost)

	stopped := inv.vms.all[1]
	stopped.lastHost = hosts[0]
	hasCode(t, inv.scheduler.place(stopped, requirements{}), "")
	if stopped.host != hosts[0] || stopped.cluster != hosts[0].cluster {
		t.Errorf("the VM is on %s, want its last host", stopped.host.name)
	}
	if cpus, memory := inv.scheduler.load(hosts[0]); cpus != 2*vmCPUs || memory != 2*vmMemory {
		t.Errorf("two VMs take %d CPUs and %d bytes", cpus, memory)
	}
	hosts[4].memory = vmMemory - 1
	_, failure = next(requirements{host: hosts[4]})
	hasCode(t, failure, codeNoHost)
	hosts[5].status = statusDisconnected
	_, failure = next(requirements{host: hosts[5]})
	hasCode(t, failure, codeNoHost)
}

func TestSchedulerKeepsGroupsApart(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	source, _ := golden(t, inv)
	group := inv.infra.groups.all[0]
	used := map[*host]bool{}
	for range inv.infra.hosts.all {
		v := inv.vms.createRecord("member", source)
		inv.tags.createAll(typeVM, v.uuid, true, []string{affinityTag + "::" + group.uuid})
		if inv.scheduler.groupOf(v) != group {
			t.Fatal("the VM is not in its group")
		}
		hasCode(t, inv.scheduler.place(v, requirements{}), "")
		used[v.host] = true
	}
	if len(used) != len(inv.infra.hosts.all) {
		t.Errorf("the members are on %d hosts, want one each", len(used))
	}
	last := inv.vms.createRecord("one too many", source)
	inv.tags.createAll(typeVM, last.uuid, true, []string{affinityTag + "::" + group.uuid})
	hasCode(t, inv.scheduler.place(last, requirements{}), codeNoHost)
	if last.host != nil || inv.scheduler.groupOf(source) != nil {
		t.Error("the last VM has a host, or the source is in the group")
	}
}
