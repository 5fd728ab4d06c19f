package zstack_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// create makes a VM and waits for it.
func (b *bench) create(params object, more ...object) machine {
	b.t.Helper()
	var body struct{ Inventory machine }
	makes(params, more...)(b, "").wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Inventory
}

// TestCreateVM makes a VM from an image, with disks of sizes and of an offering.
func TestCreateVM(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	second := b.server.AddNetwork("net-2", netip.MustParseAddr("10.30.0.10"), 5)
	const wanted = "0123456789ab4def8123456789abcdef"
	made := b.create(object{
		"description": "text", "resourceUuid": wanted, "rootDiskSize": 30 << 30, "dataDiskSizes": []int{1 << 30},
		"dataDiskOfferingUuids": []string{b.id("disk_offering", "disk-20g")}, "l3NetworkUuids": []string{b.id("l3_network", "net-1"), second},
		"defaultL3NetworkUuid": second, "hostUuid": b.id("host", "host-5"), "primaryStorageUuidForRootVolume": b.id("primary_storage", "storage-3"),
	}, object{"systemTags": []string{"hostname::new"}, "userTags": []string{"made"}})
	if made.UUID != wanted || made.Name != "new" || made.Description != "text" || made.State != "Running" || made.CPUNum != 1 || made.MemorySize != 1<<30 ||
		made.HostUUID != b.id("host", "host-5") || len(made.VMNics) != 2 || made.VMNics[1].IP != "10.30.0.10" {
		t.Errorf("%+v", made)
	}
	for i, want := range []struct {
		kind, name string
		size       int64
	}{{"Root", "Root-Volume-For-VM-" + wanted, 30 << 30}, {"Data", "DATA-for-new", 1 << 30}, {"Data", "DATA-for-new", 20 << 30}} {
		if got := made.AllVolumes[i]; got.Type != want.kind || got.Name != want.name || got.Size != want.size || got.Status != "Ready" {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if made.AllVolumes[0].PrimaryStorageUUID != b.id("primary_storage", "storage-3") {
		t.Errorf("%+v", made.AllVolumes[0])
	}
	if vm := b.vm("new"); len(vm.SystemTags) != 1 || len(vm.UserTags) != 1 || vm.ImageUUID != b.id("image", "image-1") {
		t.Errorf("%+v", vm)
	}
	makes(object{"resourceUuid": wanted})(b, "").wantError(t, "SYS.1007")
}

// TestCreateVMStrategies makes VMs that don't run, and clones one of them.
func TestCreateVMStrategies(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	bare := object{
		"name": "bare", "imageUuid": nil, "instanceOfferingUuid": nil, "l3NetworkUuids": nil, "platform": "Linux", "guestOsType": "CentOS 7",
		"architecture": "x86_64", "rootDiskSize": 5 << 30, "cpuNum": 3, "memorySize": 2 << 30, "clusterUuid": b.id("cluster", "cluster-2"), "strategy": "CreateStopped",
	}
	made := b.create(bare)
	if made.State != "Stopped" || made.CPUNum != 3 || made.ClusterUUID != b.id("cluster", "cluster-2") || made.AllVolumes[0].Size != 5<<30 ||
		len(made.VMNics) != 0 {
		t.Errorf("%+v", made)
	}
	if clone := b.clone(b.id("vm", "bare"), object{"names": []string{"clone"}}).named(t, "clone"); clone.State != "Running" || len(clone.VMNics) != 0 {
		t.Errorf("%+v", clone)
	}
	record := b.create(object{"name": "record", "strategy": "JustCreate"})
	if record.State != "Created" || record.RootVolumeUUID != "" {
		t.Errorf("%+v", record)
	}
	b.act(record.UUID, "startVmInstance", nil).wantStatus(t, http.StatusOK)
	if started := b.get(record.UUID); started.State != "Running" || started.RootVolumeUUID == "" || len(started.VMNics) != 1 {
		t.Errorf("%+v", started)
	}
}

// TestCreateVMOvertaken destroys a VM while it is made: nothing is left.
func TestCreateVMOvertaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{DeletionPolicy: zstacksim.DeletionDirect})
	before := b.inventory()
	b.server.HoldJobs("CreateVmInstance")
	job := b.start(http.MethodPost, "/v1/vm-instances", object{"params": b.newVM(nil)})
	starting := b.vm("new")
	if starting.State != "Starting" {
		t.Errorf("%+v", starting)
	}
	must(t, b.server.RemoveVM(starting.UUID))
	b.server.ReleaseJobs()
	b.end(job).wantError(t, "VM.1000")
	if after := b.inventory(); after != before {
		t.Errorf("the inventory was\n%s\nand is\n%s", before, after)
	}
}

// TestCreateDataVolume makes volumes on a storage and without one.
func TestCreateDataVolume(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	_, _, _ = b.server.AddAccount("alice", "secret")
	alice := &bench{caller: logInAs(t, b.server, "alice", "secret"), server: b.server}
	create := func(by *bench, params object) disk {
		var body struct{ Inventory disk }
		by.job(http.MethodPost, "/v1/volumes/data", object{"params": params, "userTags": []string{"made"}}).wantStatus(t, http.StatusOK).decode(t, &body)

		return body.Inventory
	}
	placed := create(b, object{"name": "placed", "diskOfferingUuid": b.id("disk_offering", "disk-20g"), "primaryStorageUuid": b.id("primary_storage", "storage-1")})
	if placed.Status != "Ready" || placed.Type != "Data" || placed.Size != 20<<30 || placed.PrimaryStorageUUID == "" || placed.VMInstanceUUID != "" {
		t.Errorf("%+v", placed)
	}
	loose := create(alice, object{"name": "loose", "diskSize": 1 << 30})
	if loose.Status != "NotInstantiated" || loose.Size != 1<<30 || loose.PrimaryStorageUUID != "" {
		t.Errorf("%+v", loose)
	}
	if tagged := read[disk](b, "/v1/volumes", "__userTag__=made"); len(tagged) != 2 || tagged[1].UUID != loose.UUID {
		t.Errorf("%+v", tagged)
	}
	// An account sees what it made, and nothing of others'.
	if seen := read[disk](alice, "/v1/volumes"); len(seen) != 1 || seen[0].UUID != loose.UUID {
		t.Errorf("%+v", seen)
	}
	alice.job(http.MethodDelete, "/v1/volumes/"+placed.UUID, nil).wantError(t, "ID.1002")
	b.job(http.MethodPost, "/v1/volumes/"+loose.UUID+"/volume-snapshots", object{"params": object{"name": "s"}}).wantError(t, "SYS.1006")
	for _, uuid := range []string{placed.UUID, loose.UUID} {
		b.job(http.MethodDelete, "/v1/volumes/"+uuid, nil).wantStatus(t, http.StatusOK)
	}
	var left []string
	for _, volume := range b.server.Volumes() {
		left = append(left, volume.Name+" "+volume.Status)
	}
	if got := strings.Join(left, ", "); !strings.Contains(got, "placed Deleted") || strings.Contains(got, "loose") {
		t.Errorf("left are %s", got)
	}
}
