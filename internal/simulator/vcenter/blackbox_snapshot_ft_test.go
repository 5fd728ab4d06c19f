package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

func TestBlackBoxSnapshotOfFaultTolerantVM(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	started, err := methods.CreateSecondaryVM_Task(t.Context(), b.client, &types.CreateSecondaryVM_Task{This: b.vm.Reference()})
	if err != nil {
		t.Fatal(err)
	}
	if err := object.NewTask(b.client.Client, started.Returnval).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "NotSupported")
	for _, vm := range b.server.VMs() {
		if vm.Name == golden && vm.ID != b.vm.Reference().Value {
			b.vm = object.NewVirtualMachine(b.client.Client, reference("VirtualMachine", vm.ID))
			b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "NotSupported")
		}
	}
}
