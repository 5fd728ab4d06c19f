package vsphere_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// linkedClone makes a clone of the running VM with an origin.
func cloneOf(t *testing.T, client *vsphere.Client, source, name string, origin vsphere.CloneOrigin, change ...func(*vsphere.CloneSpec)) string {
	t.Helper()
	asked := vsphere.CloneSpec{SourceID: source, Name: name, Origin: origin}
	var err error
	if asked.Source, err = client.VirtualMachine(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	for _, each := range change {
		each(&asked)
	}
	h, err := client.StartCloneTask(t.Context(), asked)

	return finish(t, h, err)
}

// TestLinkedClones tells who hangs on which snapshot: of clones of clones only those that are its own, and after the snapshot's removal
// that they still hang on the VM.
func TestLinkedClones(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 2})
			golden := mustVM(t, server, runningVM).ID
			if vm, err := client.VirtualMachine(t.Context(), golden); err != nil || vm.KeepsBases || vm.Linked {
				t.Fatalf("a VM without snapshots: %+v, %v", vm, err)
			}
			first := snapshot(t, client, vsphere.SnapshotSpec{VMID: golden, Name: "first"})
			second := snapshot(t, client, vsphere.SnapshotSpec{VMID: golden, Name: "second"})
			a := cloneOf(t, client, golden, "a", vsphere.CloneOrigin{SnapshotID: first, Linked: true})
			b := cloneOf(t, client, golden, "b", vsphere.CloneOrigin{SnapshotID: second, Linked: true}, func(spec *vsphere.CloneSpec) {
				elsewhere := server.ID("/DC0/datastore/LocalDS_1")
				spec.Placement.DatastoreID, spec.DisksToUpdate = elsewhere, map[string]string{"2000": elsewhere}
			})
			cloneOf(t, client, golden, "full", vsphere.CloneOrigin{SnapshotID: first})
			onA := snapshot(t, client, vsphere.SnapshotSpec{VMID: a, Name: "of the clone"})
			cloneOf(t, client, a, "second generation", vsphere.CloneOrigin{SnapshotID: onA, Linked: true})

			wantA := vsphere.LinkedClone{VMID: a, Name: "a", SnapshotID: first, Below: []string{first}, Disks: []string{"2000"}}
			wantB := vsphere.LinkedClone{VMID: b, Name: "b", SnapshotID: second, Below: []string{second, first}, Disks: []string{"2000"}}
			got, err := client.LinkedClones(t.Context(), golden)
			names := make([]string, len(got))
			for i, each := range got {
				names[i] = each.Name
			}
			if err != nil || !slices.Equal(names, []string{"a", "b", "second generation"}) || !reflect.DeepEqual(got[:2], []vsphere.LinkedClone{wantA, wantB}) {
				t.Fatalf("linked clones %+v, %v", got, err)
			}
			if vm, err := client.VirtualMachine(t.Context(), a); err != nil || !vm.Linked || !vm.KeepsBases {
				t.Errorf("a linked clone with a snapshot: %+v, %v", vm, err)
			}
			if vm, err := client.VirtualMachine(t.Context(), b); err != nil || !vm.Linked || vm.KeepsBases {
				t.Errorf("a linked clone: %+v, %v", vm, err)
			}
			if of, err := client.LinkedClones(t.Context(), a); err != nil || len(of) != 1 || of[0].SnapshotID != onA {
				t.Errorf("linked clones of the clone %+v, %v", of, err)
			}

			done(t)(client.RemoveSnapshot(t.Context(), second, false, true))
			got, err = client.LinkedClones(t.Context(), golden)
			if err != nil || len(got) != 3 || got[1].Name != "b" || got[1].SnapshotID != first {
				t.Errorf("after the removal %+v, %v", got, err)
			}
			_, err = client.LinkedClones(t.Context(), "vm-9999")
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		})
	}
}

// TestLinkedClones_ofATemplate finds a clone of a template that has a snapshot, and one that nothing keeps any more.
func TestLinkedClones_ofATemplate(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	golden := cloneOf(t, client, mustVM(t, server, runningVM).ID, "golden", vsphere.CloneOrigin{})
	only := snapshot(t, client, vsphere.SnapshotSpec{VMID: golden, Name: "only"})
	if err := client.MarkAsTemplate(t.Context(), golden); err != nil {
		t.Fatal(err)
	}
	pool := server.ID("/DC0/host/DC0_C0/Resources")
	cloneOf(t, client, golden, "web", vsphere.CloneOrigin{SnapshotID: only, Linked: true}, func(spec *vsphere.CloneSpec) {
		spec.Placement.ResourcePoolID = pool
	})
	if err := client.MarkAsVirtualMachine(t.Context(), golden, pool, ""); err != nil {
		t.Fatal(err)
	}
	done(t)(client.RemoveSnapshot(t.Context(), only, false, true))
	if got, err := client.LinkedClones(t.Context(), golden); err != nil || len(got) != 1 || got[0].SnapshotID != "" {
		t.Errorf("linked clones %+v, %v", got, err)
	}
	if vm, err := client.VirtualMachine(t.Context(), golden); err != nil || !vm.KeepsBases {
		t.Errorf("a VM whose snapshot is gone: %+v, %v", vm, err)
	}
}

// TestStartCloneTask_template makes templates, of a VM and of a template, in no pool.
func TestStartCloneTask_template(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	first := cloneOf(t, client, mustVM(t, server, runningVM).ID, "first", vsphere.CloneOrigin{Template: true}, func(spec *vsphere.CloneSpec) {
		spec.PowerOn = true
	})
	cloneOf(t, client, first, "second", vsphere.CloneOrigin{Template: true})
	for _, name := range []string{"first", "second"} {
		if vm := mustVM(t, server, name); !vm.Template || vm.ResourcePoolID != "" || vm.PowerState != "poweredOff" {
			t.Errorf("the template is %+v", vm)
		}
	}
	wantError(t, client.MarkAsTemplate(t.Context(), first), apierr.Unsupported, "NotSupported")
	running := mustVM(t, server, runningVM).ID
	wantError(t, client.MarkAsTemplate(t.Context(), running), apierr.InvalidState, "InvalidPowerState")
	wantError(t, client.MarkAsVirtualMachine(t.Context(), running, server.ID("/DC0/host/DC0_C0/Resources"), ""), apierr.InvalidState, "InvalidState")
}
