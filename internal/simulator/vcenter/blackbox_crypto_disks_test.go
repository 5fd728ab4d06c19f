package vcenter_test

import (
	"maps"
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// The storage policy for encryption that every vCenter has, and one that does not encrypt.
const (
	encryptingPolicy = "4d5f673c-536f-11e6-beb8-9e71128cae77"
	otherPolicy      = "aa6d5a82-1c88-45da-85d3-3d74b91a5bad"
)

// nativeKey registers a native key provider and returns a key of it.
func (b *snapshotBench) nativeKey() types.CryptoKeyId {
	b.t.Helper()
	id := types.KeyProviderId{Id: "native"}
	_, err := methods.RegisterKmsCluster(b.t.Context(), b.client, &types.RegisterKmsCluster{
		This: *b.client.ServiceContent.CryptoManager, ClusterId: id,
		ManagementType: string(types.KmipClusterInfoKmsManagementTypeNativeProvider),
	})
	if err != nil {
		b.t.Fatal(err)
	}

	return types.CryptoKeyId{ProviderId: &id}
}

// addingDisk adds a disk at a unit of the first controller, with a storage policy and a crypto specification of its own.
func addingDisk(unit int32, policy string, crypto types.BaseCryptoSpec) *types.VirtualDeviceConfigSpec {
	change := creating(newDisk(1000, unit, 1, types.VirtualDiskFlatVer2BackingInfo{}))
	if policy != "" {
		change.Profile = byPolicy(policy)
	}
	if crypto != nil {
		change.Backing = &types.VirtualDeviceConfigSpecBackingSpec{Crypto: crypto}
	}

	return change
}

func byPolicy(id string) []types.BaseVirtualMachineProfileSpec {
	return []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: id}}
}

// keysAt tells for each unit of the first controller whether the disk there is encrypted.
func keysAt(devices []types.BaseVirtualDevice) map[int32]bool {
	encrypted := map[int32]bool{}
	for _, device := range devices {
		if disk, ok := device.(*types.VirtualDisk); ok && disk.ControllerKey == 1000 {
			backing, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
			encrypted[*disk.UnitNumber] = backing.KeyId != nil && backing.KeyId.KeyId != ""
		}
	}

	return encrypted
}

func wantEncrypted(t *testing.T, what string, got, want map[int32]bool) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s: encrypted disks are %v, want %v", what, got, want)
	}
}

func wantDenied(t *testing.T, err error, privilege string) {
	t.Helper()
	if denied, ok := faultIn(t, err).(*types.NoPermission); !ok || denied.PrivilegeId != privilege {
		t.Errorf("got %v, want NoPermission for %s", err, privilege)
	}
}

// TestBlackBoxEncryptedDisks: a disk that is added is encrypted by its own crypto specification or storage policy, only to an encrypted VM,
// and by the VM's where the same change encrypts the VM.
func TestBlackBoxEncryptedDisks(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	encrypt := &types.CryptoSpecEncrypt{CryptoKeyId: b.nativeKey()}
	unknown := &types.CryptoSpecEncrypt{CryptoKeyId: types.CryptoKeyId{ProviderId: &types.KeyProviderId{Id: "none"}}}
	b.refuses([]refusal{
		{"to a VM that is not encrypted", changed(addingDisk(5, encryptingPolicy, encrypt)), "InvalidState", "not encrypted"},
		{"by policy, to a VM that is not encrypted", changed(addingDisk(5, encryptingPolicy, nil)), "InvalidState", "not encrypted"},
	})
	both := changed(addingDisk(1, "", nil), addingDisk(2, otherPolicy, nil), addingDisk(3, encryptingPolicy, encrypt))
	both.Crypto, both.VmProfile = encrypt, byPolicy(encryptingPolicy)
	b.mustReconfigure(both)
	b.refuses([]refusal{
		{"without a policy", changed(addingDisk(5, "", encrypt)), "InvalidArgument", "policy that encrypts"},
		{"by another policy", changed(addingDisk(5, otherPolicy, encrypt)), "InvalidArgument", "policy that encrypts"},
		{"without a provider", changed(addingDisk(5, encryptingPolicy, unknown)), "InvalidArgument", "no key provider"},
	})
	b.mustReconfigure(changed(
		addingDisk(4, "", nil), addingDisk(5, otherPolicy, nil), addingDisk(6, encryptingPolicy, nil), addingDisk(8, encryptingPolicy, encrypt),
	))
	wantEncrypted(t, "VM", keysAt(b.config().Hardware.Device),
		map[int32]bool{0: true, 1: true, 2: false, 3: true, 4: false, 5: false, 6: true, 8: true})

	clone, err := b.cloneVM("copy", types.VirtualMachineCloneSpec{
		Location: types.VirtualMachineRelocateSpec{Disk: []types.VirtualMachineRelocateSpecDiskLocator{
			{DiskId: b.diskAt(0), Datastore: reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), Profile: byPolicy(otherPolicy)},
			{DiskId: b.diskAt(4), Datastore: reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), Profile: byPolicy(encryptingPolicy)},
		}},
		Config: new(changed(addingDisk(9, "", nil), addingDisk(10, encryptingPolicy, encrypt))),
	})
	if err != nil {
		t.Fatal(err)
	}
	wantEncrypted(t, "clone", keysAt(clone.Config.Hardware.Device),
		map[int32]bool{0: false, 1: true, 2: false, 3: true, 4: true, 5: false, 6: true, 8: true, 9: false, 10: true})
}

// diskAt returns the key of the disk at a unit of the first controller.
func (b *snapshotBench) diskAt(unit int32) int32 {
	b.t.Helper()
	for _, device := range b.config().Hardware.Device {
		if disk, ok := device.(*types.VirtualDisk); ok && disk.ControllerKey == 1000 && *disk.UnitNumber == unit {
			return disk.Key
		}
	}
	b.t.Fatalf("no disk at unit %d", unit)

	return 0
}

// TestBlackBoxEncryptedClone: the disks of a clone are encrypted as the request says, if their storage policies agree.
func TestBlackBoxEncryptedClone(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	encrypt := &types.CryptoSpecEncrypt{CryptoKeyId: b.nativeKey()}
	locator := types.VirtualMachineRelocateSpecDiskLocator{
		DiskId: b.diskAt(0), Datastore: reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), Profile: byPolicy(encryptingPolicy),
		Backing: &types.VirtualMachineRelocateSpecDiskLocatorBackingSpec{Crypto: encrypt},
	}
	clone := func(
		name string, crypto types.BaseCryptoSpec, locator types.VirtualMachineRelocateSpecDiskLocator, changes ...types.BaseVirtualDeviceConfigSpec,
	) (map[int32]bool, error) {
		made, err := b.cloneVM(name, types.VirtualMachineCloneSpec{Config: new(changed(changes...)), Location: types.VirtualMachineRelocateSpec{
			CryptoSpec: crypto, Profile: byPolicy(encryptingPolicy), Disk: []types.VirtualMachineRelocateSpecDiskLocator{locator},
		}})
		if err != nil {
			return nil, err
		}

		return keysAt(made.Config.Hardware.Device), nil
	}
	got, err := clone("whole", encrypt, locator, addingDisk(1, "", nil), addingDisk(2, encryptingPolicy, encrypt))
	if err != nil {
		t.Fatal(err)
	}
	wantEncrypted(t, "clone", got, map[int32]bool{0: true, 1: false, 2: true})

	disagrees, alone := locator, locator
	disagrees.Profile, alone.Backing = byPolicy(otherPolicy), nil
	_, err = clone("disagrees", encrypt, disagrees)
	wantExplained(t, err, "InvalidArgument")
	_, err = clone("disks", nil, locator)
	wantExplained(t, err, "InvalidState")
	_, err = clone("policy", nil, alone)
	wantExplained(t, err, "InvalidState")
}

// TestBlackBoxEncryptedPrivileges: adding a disk to an encrypted VM, and moving an encrypted VM, needs a privilege more.
func TestBlackBoxEncryptedPrivileges(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	common := []string{"VirtualMachine.Config.AddNewDisk", "Datastore.AllocateSpace", "Resource.ColdMigrate"}
	limited := b.restrictedTo(common...)
	if err := limited.reconfigure(changed(addingDisk(1, "", nil))); err != nil {
		t.Fatal(err)
	}
	b.mustReconfigure(configSpec{Crypto: &types.CryptoSpecEncrypt{CryptoKeyId: b.nativeKey()}, VmProfile: byPolicy(encryptingPolicy)})
	wantDenied(t, limited.reconfigure(changed(addingDisk(2, "", nil))), "Cryptographer.AddDisk")
	started, err := limited.vm.Relocate(t.Context(), types.VirtualMachineRelocateSpec{
		Datastore: new(reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))),
	}, types.VirtualMachineMovePriorityDefaultPriority)
	wantDenied(t, finish(t, started, err), "Cryptographer.Migrate")
}
