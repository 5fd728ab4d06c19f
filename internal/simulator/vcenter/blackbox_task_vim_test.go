package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func TestBlackBoxTaskVim25Held(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	server.HoldTasks("PowerOffVM_Task")
	started, err := vm.PowerOff(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	info := func() types.TaskInfo {
		var read mo.Task
		if err := started.Properties(t.Context(), started.Reference(), []string{"info"}, &read); err != nil {
			t.Fatal(err)
		}

		return read.Info
	}
	eventually(t, "the task is held at 60 %", func() bool {
		return info().State == types.TaskInfoStateRunning && info().Progress == 60
	})
	if !info().Cancelable || mustVM(t, server, "DC0_C0_RP0_VM0").PowerState != "poweredOn" {
		t.Errorf("a held power-off: %+v, the VM is %s", info(), mustVM(t, server, "DC0_C0_RP0_VM0").PowerState)
	}
	if err := started.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFault(t, started.Wait(t.Context()), "RequestCanceled")
	server.ReleaseTasks()
	if got := info(); got.State != types.TaskInfoStateError || !got.Cancelled {
		t.Errorf("a cancelled task does not come back: %+v", got)
	}
	if got := mustVM(t, server, "DC0_C0_RP0_VM0").PowerState; got != "poweredOn" {
		t.Errorf("the cancelled power-off left the VM %s", got)
	}
	again, err := vm.PowerOff(t.Context())
	if err := finish(t, again, err); err != nil {
		t.Errorf("power off after the cancelled one: %v", err)
	}
}

func TestBlackBoxTaskVim25CloneCancelled(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	vm := virtualMachine(t, server, client, source.Name)
	server.HoldTasks("CloneVM_Task")
	started, err := vm.Clone(t.Context(), object.NewFolder(client.Client, reference("Folder", source.FolderID)), "by-soap",
		types.VirtualMachineCloneSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if err := started.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFault(t, started.Wait(t.Context()), "RequestCanceled")
	server.ReleaseTasks()
	if _, found := server.VM("by-soap"); found {
		t.Error("the cancelled clone left a VM")
	}
}
