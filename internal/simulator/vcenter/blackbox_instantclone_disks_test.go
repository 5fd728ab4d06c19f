package vcenter_test

import (
	"fmt"
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// chain returns the files of the first disk of a VM, the one that is written first.
func (b *snapshotBench) chain(name string) []string {
	b.t.Helper()
	var files []string
	for _, device := range b.devices(name) {
		disk, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		backing, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		if !ok {
			b.t.Fatalf("the disk of %s is a %T", name, disk.Backing)
		}
		for link := backing; link != nil; link = link.Parent {
			files = append(files, link.FileName)
		}

		return files
	}
	b.t.Fatalf("%s has no disk", name)

	return nil
}

// TestBlackBoxInstantCloneRunningSource holds what becomes of the disks of a source that runs on: each clone leaves a file more on top of them, which
// no snapshot shows. Those of a frozen source stay as they are.
func TestBlackBoxInstantCloneRunningSource(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	before := b.chain(golden)
	for i := range 3 {
		name, was := fmt.Sprintf("fork%d", i), b.chain(golden)
		if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: name}); err != nil {
			t.Fatal(err)
		}
		source, clone := b.chain(golden), b.chain(name)
		if len(source) != len(was)+1 || source[1] != was[0] || source[0] == was[0] {
			t.Errorf("the source's disk stands on %q, was on %q", source, was)
		}
		if len(clone) != len(was)+1 || clone[1] != was[0] {
			t.Errorf("the clone's disk stands on %q, the source's was on %q", clone, was)
		}
	}
	if vm := mustVM(t, b.server, golden); len(vm.Snapshots) != 0 {
		t.Errorf("there are snapshots: %+v", vm.Snapshots)
	}
	b.change(vcenter.Change{InstantCloneFrozen: new(true)})
	grown := b.chain(golden)
	if len(grown) != len(before)+3 {
		t.Errorf("the source's disk stands on %q, was on %q", grown, before)
	}
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "of-frozen"}); err != nil {
		t.Fatal(err)
	}
	if now := b.chain(golden); len(now) != len(grown) {
		t.Errorf("the frozen source's disk stands on %q, was on %q", now, grown)
	}
}
