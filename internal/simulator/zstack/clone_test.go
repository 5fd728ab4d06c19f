package zstack_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestCloneStrategies(t *testing.T) {
	t.Parallel()
	for _, source := range []struct{ name, state string }{{"golden", "Running"}, {"golden", "Paused"}, {"golden-stopped", "Stopped"}} {
		for _, test := range []struct {
			params   object
			state    string
			volumes  int
			nics     int
			withHost bool
		}{
			{object{}, "Running", 1, 1, true},
			{object{"strategy": "InstantStart"}, "Running", 1, 1, true},
			{object{"strategy": "CreateStopped"}, "Stopped", 1, 1, false},
			{object{"strategy": "JustCreate"}, "Created", 0, 0, false},
		} {
			b := newBench(t, zstacksim.Options{})
			uuid := b.id("vm", source.name)
			must(t, b.server.ChangeVM(uuid, zstacksim.Change{State: &source.state}))
			test.params["names"] = []string{"clone"}
			result := b.clone(uuid, test.params)
			got := b.get(result.named(t, "clone").UUID)
			if result.NumberOfClonedVM != 1 || result.Inventories[0].Started != (test.state == "Running") || got.State != test.state ||
				len(got.AllVolumes) != test.volumes || len(got.VMNics) != test.nics || (got.HostUUID != "") != test.withHost ||
				got.ClusterUUID != "" != (test.volumes > 0) || got.CPUNum != 1 || got.MemorySize != 1<<30 {
				t.Errorf("%v of %+v: %+v", test.params, source, got)
			}
		}
	}
}

// TestCloneSample sends the specification's sample.
func TestCloneSample(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	got := b.job(http.MethodPut, clonePath(b.id("vm", "golden")),
		`{"cloneVmInstance":{"strategy":"InstantStart","names":["vm1","vm2"],"full":false}}`).wantStatus(t, http.StatusOK)
	var body struct{ Result cloned }
	got.decode(t, &body)
	first, second := body.Result.named(t, "vm1"), body.Result.named(t, "vm2")
	if body.Result.NumberOfClonedVM != 2 || first.UUID == second.UUID || first.VMNics[0].IP == second.VMNics[0].IP ||
		first.VMNics[0].MAC == second.VMNics[0].MAC || first.RootVolumeUUID == second.RootVolumeUUID ||
		first.AllVolumes[0].UUID != first.RootVolumeUUID || first.AllVolumes[0].VMInstanceUUID != first.UUID {
		t.Errorf("%s", got.body)
	}
}

func TestCloneFull(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	thin := []string{"volumeProvisioningStrategy::ThinProvisioning"}
	thick := []string{"volumeProvisioningStrategy::ThickProvisioning"}
	got := b.cloneOne("clone", object{
		"full": true, "rootVolumeSystemTags": thin, "dataVolumeSystemTags": thick,
		"primaryStorageUuidForRootVolume": b.id("primary_storage", "storage-2"), "primaryStorageUuidForDataVolume": b.id("primary_storage", "storage-3"),
	})
	source := b.get(b.id("vm", "golden"))
	if len(got.AllVolumes) != 2 || got.ClusterUUID != b.id("cluster", "cluster-2") {
		t.Fatalf("%+v", got)
	}
	root, data := got.AllVolumes[0], got.AllVolumes[1]
	if root.Type != "Root" || data.Type != "Data" || root.PrimaryStorageUUID != b.id("primary_storage", "storage-2") ||
		data.PrimaryStorageUUID != b.id("primary_storage", "storage-3") || data.UUID == source.AllVolumes[1].UUID ||
		data.Size != source.AllVolumes[1].Size || root.DeviceID != 0 || data.DeviceID != 1 || data.Name != source.AllVolumes[1].Name {
		t.Errorf("%+v", got.AllVolumes)
	}
	for _, volume := range b.server.Volumes() {
		switch volume.UUID {
		case root.UUID:
			if !slices.Equal(volume.SystemTags, thin) {
				t.Errorf("root: %v", volume.SystemTags)
			}
		case data.UUID:
			if !slices.Equal(volume.SystemTags, thick) {
				t.Errorf("data: %v", volume.SystemTags)
			}
		}
	}
	tags := read[struct{ Tag, ResourceType string }](b, "/v1/system-tags", "resourceUuid="+root.UUID)
	if len(tags) != 1 || tags[0].Tag != thin[0] || tags[0].ResourceType != "VolumeVO" {
		t.Errorf("%+v", tags)
	}
}

func TestCloneTagsAndPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	group := "affinityGroupUuid::" + b.id("affinity_group", "spread")
	host := b.id("host", "host-5")
	got := b.cloneOne("clone", object{"hostUuid": host}, object{"systemTags": []string{group, "vmPriority::High"}, "userTags": []string{"web", "web", "blue"}})
	vm := b.vm("clone")
	if got.HostUUID != host || vm.ClusterUUID != b.id("cluster", "cluster-2") || vm.AffinityGroupUUID != b.id("affinity_group", "spread") ||
		!slices.Equal(vm.SystemTags, []string{group, "vmPriority::High"}) || !slices.Equal(vm.UserTags, []string{"web", "blue"}) {
		t.Errorf("%+v", vm)
	}
	inherent := read[struct{ Tag string }](b, "/v1/system-tags", "resourceUuid="+vm.UUID, "inherent=true")
	if len(inherent) == 0 {
		t.Error("the platform has no tags of its own")
	}
	usages := read[struct {
		Usages []struct{ ResourceUUID string }
	}](b, "/v1/affinity-groups", "name=spread")
	if len(usages) != 1 || len(usages[0].Usages) != 1 || usages[0].Usages[0].ResourceUUID != vm.UUID {
		t.Errorf("%+v", usages)
	}
}

// TestCloneAffinity fills the group's hosts: the remaining clones fail.
func TestCloneAffinity(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	names := []string{"a", "b", "c", "d"}
	group := object{"systemTags": []string{"affinityGroupUuid::" + b.id("affinity_group", "spread")}}
	result := b.clone(b.id("vm", "golden"), object{"names": names, "clusterUuid": b.id("cluster", "cluster-1")}, group)
	hosts := map[string]bool{}
	refused := 0
	for _, one := range result.Inventories {
		if one.Error == nil {
			hosts[one.Inventory.HostUUID] = true
		} else if refused++; one.Error.Cause.Code != "HOST_ALLOCATION.1000" {
			t.Errorf("%+v", one.Error)
		}
	}
	if result.NumberOfClonedVM != 3 || len(hosts) != 3 || refused != 1 || len(result.Inventories) != 4 {
		t.Errorf("%+v", result)
	}
}

func TestClonePartialFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	b.server.Inject(zstacksim.Fault{Method: "CloneVmInstance", Where: zstacksim.FaultInEntry, Name: "b", Code: "PS.1000", Message: "full"})
	result := b.clone(b.id("vm", "golden"), object{"names": []string{"a", "b", "c"}, "full": true})
	if result.NumberOfClonedVM != 2 || len(result.Inventories) != 3 || len(b.server.VMs()) != 4 {
		t.Errorf("%+v", result)
	}
	order := []string{}
	for _, one := range result.Inventories {
		if one.Error != nil {
			order = append(order, one.Error.Code)
		} else {
			order = append(order, one.Inventory.Name)
		}
	}
	if got := strings.Join(order, " "); got != "c PS.1000 a" {
		t.Errorf("entries in the order %s", got)
	}
	if volumes := b.server.Volumes(); len(volumes) != 3+4 {
		t.Errorf("%d volumes: the failed clone left some", len(volumes))
	}
}

func TestCloneNone(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	must(t, b.server.SetAddressCapacity(b.id("l3_network", "net-1"), 0))
	before := b.inventory()
	result := b.clone(b.id("vm", "golden"), object{"names": []string{"a", "b", "c"}})
	if result.NumberOfClonedVM != 0 || len(result.Inventories) != 3 || b.inventory() != before {
		t.Errorf("%+v", result)
	}
}

// TestCloneTransitionalStates reads the states while the job runs, and then lets it fail before its effect.
func TestCloneTransitionalStates(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	before := b.inventory()
	b.server.HoldJobs("CloneVmInstance")
	job := b.start(http.MethodPut, clonePath(b.id("vm", "golden")), cloneBody(object{"names": []string{"a", "b", "c"}, "full": true}))
	states := map[string]int{}
	for _, one := range read[machine](b, "/v1/vm-instances", "name?=a,b,c") {
		states[one.State]++
		if (one.State == "Starting") != (one.HostUUID != "") {
			t.Errorf("%+v", one)
		}
	}
	if states["Starting"] != 2 || states["Created"] != 1 {
		t.Errorf("%v", states)
	}
	b.server.Inject(zstacksim.Fault{Method: "CloneVmInstance", Where: zstacksim.FaultInTask, Code: "SYS.1000"})
	b.server.ReleaseJobs()
	b.end(job).wantError(t, "SYS.1000")
	if after := b.inventory(); after != before {
		t.Errorf("a clone call that failed left %s", after)
	}
}

// TestCloneDisturbed destroys and removes clones before they are built.
func TestCloneDisturbed(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	b.server.HoldJobs("CloneVmInstance")
	job := b.start(http.MethodPut, clonePath(b.id("vm", "golden")), cloneBody(object{"names": []string{"a", "b", "c"}}))
	must(t, b.server.RemoveVM(b.vm("a").UUID))
	destroyed := b.vm("b").UUID
	b.job(http.MethodDelete, "/v1/vm-instances/"+destroyed, nil).wantStatus(t, http.StatusOK)
	b.server.ReleaseJobs()
	var body struct{ Result cloned }
	b.end(job).wantStatus(t, http.StatusOK).decode(t, &body)
	result := body.Result
	if result.NumberOfClonedVM != 1 || result.Inventories[2].Error.Cause.Code != "SYS.1003" || result.Inventories[1].Error.Cause.Code != "VM.1010" {
		t.Errorf("%+v", result)
	}
	b.wantState(destroyed, "Destroyed")
}

// TestStartRecord starts a clone that is only a record.
func TestStartRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	record := b.cloneOne("clone", object{"strategy": "JustCreate", "full": true, "clusterUuid": b.id("cluster", "cluster-2")})
	b.act(record.UUID, "startVmInstance", nil).wantStatus(t, http.StatusOK)
	got := b.get(record.UUID)
	if got.State != "Running" || len(got.AllVolumes) != 2 || len(got.VMNics) != 1 || got.ClusterUUID != b.id("cluster", "cluster-2") {
		t.Errorf("%+v", got)
	}
}

// TestCloneSameNames checks that names need not be unique, neither in a call nor among VMs.
func TestCloneSameNames(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	result := b.clone(golden(b), object{"names": []string{"golden", "golden"}})
	if found := read[machine](b, "/v1/vm-instances", "name=golden"); result.NumberOfClonedVM != 2 || len(found) != 3 {
		t.Errorf("%+v", found)
	}
}

// TestCloneElsewhere lets the platform choose another storage when the source's is full.
func TestCloneElsewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	must(t, b.server.SetStorageCapacity(b.id("primary_storage", "storage-1"), 1))
	got := b.cloneOne("clone", object{"full": true})
	for _, volume := range got.AllVolumes {
		if volume.PrimaryStorageUUID != b.id("primary_storage", "storage-2") {
			t.Errorf("%+v", volume)
		}
	}
}

// TestCloneWithoutRoot clones a VM that lost its root volume.
func TestCloneWithoutRoot(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	must(t, b.server.RemoveVolume(rootOf(b)))
	b.job(http.MethodPut, clonePath(golden(b)), cloneBody(object{"names": []string{"a"}})).wantError(t, "SYS.1006")
}
