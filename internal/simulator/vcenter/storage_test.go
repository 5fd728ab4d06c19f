package vcenter

import (
	"os"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func TestStorage_placeFiles(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	disk := func(file string) *types.VirtualDeviceConfigSpec {
		backing := &types.VirtualDiskFlatVer2BackingInfo{}
		backing.FileName = file

		return addDevice(&types.VirtualDisk{VirtualDevice: types.VirtualDevice{Backing: backing}}, "")
	}
	fileOf := func(change types.BaseVirtualDeviceConfigSpec) string {
		return topLink(change.GetVirtualDeviceConfigSpec().Device).FileName
	}
	addTestVM(t, stores, "we/b")
	spec := types.VirtualMachineConfigSpec{
		Name: "we/b", DeviceChange: []types.BaseVirtualDeviceConfigSpec{disk(""), disk("[LocalDS_1]")},
	}
	stores.storage.placeFiles(&spec, "LocalDS_0")
	if got := spec.Files.VmPathName; got != "[LocalDS_0] we_b_1/we_b.vmx" {
		t.Errorf("the configuration file is %s: the directory is another VM's", got)
	}
	if got := fileOf(spec.DeviceChange[0]); got != "[LocalDS_0] we_b_1/we_b.vmdk" {
		t.Errorf("the first disk is %s", got)
	}
	if got := fileOf(spec.DeviceChange[1]); got != "[LocalDS_1] we_b_1/we_b_1.vmdk" {
		t.Errorf("the second disk is %s", got)
	}
}

// TestStorage_chains puts two files on a disk, merges them again, and deletes the files that are in no chain any more.
func TestStorage_chains(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	chains, p := stores.storage.chainsOf(vm)
	if p != nil {
		t.Fatal(p.messages)
	}
	base := topLink(disksOf(vm)[0]).FileName
	stores.storage.growDisks(chains.vm)
	stores.storage.growDisks(chains.vm)
	before := chains.files()
	if len(before) != 3 || !before["[LocalDS_0] web/web-000001.vmdk"] || !before["[LocalDS_0] web/web-000002.vmdk"] {
		t.Fatalf("the chain is %v", before)
	}
	for file := range before {
		if !stores.storage.taken(file) {
			t.Errorf("%s does not exist", file)
		}
	}
	foreign := map[string]bool{base: true} // another VM's stays under it
	chains.merge(foreign)
	if files := chains.files(); len(files) != 2 || !files[base] {
		t.Errorf("beside another VM the chain is %v", files)
	}
	chains.merge(nil)
	stores.storage.storeChains(testContext(stores), vm, chains, before)
	for file := range before {
		if left := stores.storage.taken(file); left != (file == base) {
			t.Errorf("%s exists: %v", file, left)
		}
	}
}

func TestStorage_space(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.initial.sizeDatastores()
	ref := idOf(t, stores, "/DC0/datastore/LocalDS_1")
	datastore, _ := stores.inventory.registry.Get(ref).(*simulator.Datastore)
	before := datastore.Summary.FreeSpace
	stores.storage.useSpace(testContext(stores), ref.Value, 1000)
	stores.storage.useSpace(testContext(stores), ref.Value, -400)
	stores.storage.useSpace(testContext(stores), "datastore-9999", 1)
	if used := before - datastore.Summary.FreeSpace; used != 600 || datastore.Info.GetDatastoreInfo().FreeSpace != before-600 {
		t.Errorf("%d bytes are used, want 600", used)
	}

	vm := addTestVM(t, stores, "web")
	if on, bytes := stores.storage.ownSpace(disksOf(vm)[0]); on != idOf(t, stores, "/DC0/datastore/LocalDS_0") || bytes != diskBytes {
		t.Errorf("the disk takes %d bytes on %v", bytes, on)
	}
	shared := *disksOf(vm)[0]
	link := *topLink(&shared)
	link.FileName, link.Parent = "[LocalDS_1] fork/fork.vmdk", topLink(disksOf(vm)[0])
	shared.Backing = &link
	if on, bytes := stores.storage.ownSpace(&shared); on != ref || bytes != 0 {
		t.Errorf("a disk on another VM's takes %d bytes on %v", bytes, on)
	}
}

func TestStorage_moveFile(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	from := topLink(disksOf(vm)[0]).FileName
	moved := stores.storage.moveFile(from, idOf(t, stores, "/DC0/datastore/LocalDS_1"))
	if moved != "[LocalDS_1] web/web.vmdk" || !stores.storage.taken(moved) || !stores.storage.taken(from) {
		t.Errorf("%s moved to %s", from, moved)
	}
	stores.storage.deleteFile(moved)
	if _, err := os.Stat(stores.storage.hostPath(moved)); !os.IsNotExist(err) {
		t.Errorf("%s was not deleted: %v", moved, err)
	}
	if host := stores.storage.hostPath("[nowhere] web.vmx"); host != "" {
		t.Errorf("a path on no datastore lies at %s", host)
	}
}
