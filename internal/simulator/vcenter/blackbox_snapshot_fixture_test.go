package vcenter_test

import (
	"context"
	"errors"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/task"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// golden is the VM that the tests of snapshots and instant clones work on.
const golden = "DC0_C0_RP0_VM0"

// snapshotBench is a server with a client and the VM [golden].
type snapshotBench struct {
	t      *testing.T
	server *vcenter.Server
	client *govmomi.Client
	vm     *object.VirtualMachine
}

func newSnapshotBench(t *testing.T) *snapshotBench {
	t.Helper()

	return newSnapshotBenchOn(t, startServer(t, quick()))
}

// newSnapshotBenchOn is newSnapshotBench on a server with options of its own.
func newSnapshotBenchOn(t *testing.T, server *vcenter.Server) *snapshotBench {
	t.Helper()
	client := loginSOAP(t, server)

	return &snapshotBench{t: t, server: server, client: client, vm: virtualMachine(t, server, client, golden)}
}

// change sets conditions of the VM without the client's knowledge.
func (b *snapshotBench) change(change vcenter.Change) {
	b.t.Helper()
	if err := b.server.ChangeVM(b.vm.Reference().Value, change); err != nil {
		b.t.Fatal(err)
	}
}

// create runs CreateSnapshotEx_Task and returns the snapshot.
func (b *snapshotBench) create(request types.CreateSnapshotEx_Task) (types.ManagedObjectReference, error) {
	b.t.Helper()
	request.This = b.vm.Reference()
	started, err := methods.CreateSnapshotEx_Task(b.t.Context(), b.client, &request)
	if err != nil {
		return types.ManagedObjectReference{}, err
	}
	info, err := object.NewTask(b.client.Client, started.Returnval).WaitForResult(b.t.Context())
	if err != nil {
		return types.ManagedObjectReference{}, err
	}
	taken, _ := info.Result.(types.ManagedObjectReference)

	return taken, nil
}

func (b *snapshotBench) mustCreate(request types.CreateSnapshotEx_Task) types.ManagedObjectReference {
	b.t.Helper()
	taken, err := b.create(request)
	if err != nil {
		b.t.Fatalf("create the snapshot %q: %v", request.Name, err)
	}

	return taken
}

// revert runs RevertToSnapshot_Task.
func (b *snapshotBench) revert(request types.RevertToSnapshot_Task) error {
	b.t.Helper()
	started, err := methods.RevertToSnapshot_Task(b.t.Context(), b.client, &request)
	if err != nil {
		return err
	}

	return object.NewTask(b.client.Client, started.Returnval).Wait(b.t.Context())
}

// read returns properties of the VM as the property collector gives them.
func (b *snapshotBench) read() mo.VirtualMachine {
	b.t.Helper()
	var read mo.VirtualMachine
	if err := b.vm.Properties(b.t.Context(), b.vm.Reference(), []string{
		"name", "snapshot", "rootSnapshot", "config", "runtime", "layoutEx", "guest",
	}, &read); err != nil {
		b.t.Fatal(err)
	}

	return read
}

// node returns a snapshot's part of the tree.
func (b *snapshotBench) node(taken types.ManagedObjectReference) types.VirtualMachineSnapshotTree {
	b.t.Helper()
	var find func([]types.VirtualMachineSnapshotTree) *types.VirtualMachineSnapshotTree
	find = func(tree []types.VirtualMachineSnapshotTree) *types.VirtualMachineSnapshotTree {
		for _, node := range tree {
			if node.Snapshot == taken {
				return &node
			}
			if found := find(node.ChildSnapshotList); found != nil {
				return found
			}
		}

		return nil
	}
	if read := b.read(); read.Snapshot != nil {
		if found := find(read.Snapshot.RootSnapshotList); found != nil {
			return *found
		}
	}
	b.t.Fatalf("%s is not in the tree", taken.Value)

	return types.VirtualMachineSnapshotTree{}
}

// current returns the id of the current snapshot.
func (b *snapshotBench) current() string {
	b.t.Helper()
	read := b.read()
	if read.Snapshot == nil || read.Snapshot.CurrentSnapshot == nil {
		return ""
	}

	return read.Snapshot.CurrentSnapshot.Value
}

// chain returns the files of a disk, the one that is written to first.
func chain(devices []types.BaseVirtualDevice) []string {
	var files []string
	for _, device := range devices {
		disk, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		link, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		for ; link != nil; link = link.Parent {
			files = append(files, link.FileName)
		}

		return files
	}

	return nil
}

// faultIn returns the vim25 fault in err, thrown by a call or by a task.
func faultIn(t *testing.T, err error) types.BaseMethodFault {
	t.Helper()
	if failed, ok := errors.AsType[task.Error](err); ok {
		return failed.Fault()
	}
	if soap.IsSoapFault(err) {
		if fault, ok := soap.ToSoapFault(err).VimFault().(types.BaseMethodFault); ok {
			return fault
		}
		// A fault that came by SOAP is a value, its methods have pointers.
		if fault, ok := pointerTo(soap.ToSoapFault(err).VimFault()).(types.BaseMethodFault); ok {
			return fault
		}
	}
	t.Fatalf("no vim25 fault in %v", err)

	return nil
}

// wantExplained asserts the fault's type, and that the fault says why in its faultMessage and its faultCause.
func wantExplained(t *testing.T, err error, want string) types.BaseMethodFault {
	t.Helper()
	wantFault(t, err, want)
	fault := faultIn(t, err)
	method := fault.GetMethodFault()
	if len(method.FaultMessage) == 0 || method.FaultMessage[0].Message == "" {
		t.Errorf("%s without a faultMessage", want)
	}
	if method.FaultCause == nil || method.FaultCause.LocalizedMessage == "" {
		t.Errorf("%s without a faultCause", want)
	}

	return fault
}

// watch tells every value of a property of the VM, nil for none, as a property collector sees it.
func (b *snapshotBench) watch(path string) (<-chan any, func()) {
	b.t.Helper()
	values := make(chan any, 16)
	ctx, stop := context.WithCancel(b.t.Context())
	collector, err := property.DefaultCollector(b.client.Client).Create(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = property.Wait(ctx, collector, b.vm.Reference(), []string{path}, func(changes []types.PropertyChange) bool {
			for _, change := range changes {
				values <- change.Val
			}

			return false
		})
	}()

	return values, func() {
		stop()
		<-done
	}
}
