package vsphere_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const instantCloneMethod = "InstantClone_Task"

// instantClone makes an instant clone and returns its id.
func instantClone(t *testing.T, client *vsphere.Client, spec vsphere.InstantCloneSpec) string {
	t.Helper()
	h, err := client.StartInstantClone(t.Context(), spec)

	return finish(t, h, err)
}

// attach gives a VM a device.
func attach(t *testing.T, server *vcenter.Server, id string, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		if err := server.ChangeVM(id, vcenter.Change{AttachDevice: &kind}); err != nil {
			t.Fatal(err)
		}
	}
}

func machine(t *testing.T, client *vsphere.Client, id string) *vsphere.VirtualMachine {
	t.Helper()
	vm, err := client.VirtualMachine(t.Context(), id)
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}

	return vm
}

// only returns the one key of a map.
func only[V any](t *testing.T, devices map[string]V) string {
	t.Helper()
	for key := range devices {
		if len(devices) == 1 {
			return key
		}
	}
	t.Fatalf("want one of %v", devices)

	return ""
}

func TestInstantClone_life(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			sourceID := mustVM(t, server, runningVM).ID
			attach(t, server, sourceID, "file-serial-port", "file-parallel-port")
			source := machine(t, client, sourceID)
			card, serial, parallel := only(t, source.NetworkInterfaces), only(t, source.SerialPorts), only(t, source.ParallelPorts)
			spec := vsphere.InstantCloneSpec{
				SourceID: sourceID, Name: "50%/runner", FolderID: server.ID("/DC0/vm"),
				ResourcePoolID: server.ID("/DC0/host/DC0_C0/Resources"), DatastoreID: server.ID("/DC0/datastore/LocalDS_1"),
				NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{card: {
					NetworkID: server.ID("/DC0/network/VM Network"), MACAddress: "00:50:56:3f:00:01", Connected: new(false),
					StartConnected: new(true),
				}},
				SerialPorts:   map[string]string{serial: "[LocalDS_1] runner/serial.log"},
				ParallelPorts: map[string]string{parallel: "[LocalDS_1] runner/parallel.log"},
				ExtraConfig:   map[string]string{"guestinfo.runner": "7 & <8>"},
				BIOSUUID:      "12345678-abcd-1234-cdef-123456789abc",
			}
			found, err := client.CheckInstantClone(t.Context(), spec)
			if err != nil || slices.ContainsFunc(found, func(f vsphere.CheckFinding) bool { return f.Severity != vsphere.CheckWarning }) {
				t.Errorf("check: %+v, %v", found, err)
			}
			clone := machine(t, client, instantClone(t, client, spec))
			if clone.Name != spec.Name || clone.PowerState != vsphere.PoweredOn || clone.BIOSUUID != spec.BIOSUUID ||
				clone.Placement.HostID != source.Placement.HostID || clone.Placement.DatastoreID != spec.DatastoreID ||
				clone.Placement.FolderID != spec.FolderID || clone.Placement.ResourcePoolID != spec.ResourcePoolID {
				t.Errorf("clone %+v", clone)
			}
			nic := clone.NetworkInterfaces[card]
			if nic.NetworkID != server.ID("/DC0/network/VM Network") || nic.MACAddress != "00:50:56:3f:00:01" || nic.Connected ||
				!clone.StartConnected[card] {
				t.Errorf("network interface %+v, at start %t", nic, clone.StartConnected[card])
			}
			if clone.SerialPorts[serial].File != spec.SerialPorts[serial] || clone.ParallelPorts[parallel].File != spec.ParallelPorts[parallel] {
				t.Errorf("ports %+v, %+v", clone.SerialPorts, clone.ParallelPorts)
			}
			full, err := client.VirtualMachineWith(t.Context(), clone.ID, vsphere.Extras{Settings: true})
			if err != nil || full.ExtraConfig["guestinfo.runner"] != "7 & <8>" || clone.ExtraConfig != nil {
				t.Errorf("extra config of %+v, %v", full, err)
			}
			done(t)(client.Reconfigure(t.Context(), clone.ID, vsphere.ReconfigureSpec{
				NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{card: {
					NetworkID: server.ID("/DC0/network/DC0_DVPG0"), Connected: new(true),
				}},
				ExtraConfig: map[string]string{"guestinfo.runner": "", "guestinfo.role": "spare"},
			}))
			clone = machine(t, client, clone.ID)
			if nic = clone.NetworkInterfaces[card]; nic.NetworkID != server.ID("/DC0/network/DC0_DVPG0") || !nic.Connected ||
				nic.MACAddress != "00:50:56:3f:00:01" {
				t.Errorf("reconfigured: %+v", nic)
			}
			full, err = client.VirtualMachineWith(t.Context(), clone.ID, vsphere.Extras{Settings: true})
			if _, left := full.ExtraConfig["guestinfo.runner"]; err != nil || left || full.ExtraConfig["guestinfo.role"] != "spare" {
				t.Errorf("extra config of %+v, %v", full, err)
			}
		})
	}
}

func TestInstantClone_refused(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			source := mustVM(t, server, runningVM).ID
			attach(t, server, source, "pci-passthrough")
			spec := vsphere.InstantCloneSpec{SourceID: source, Name: "x"}
			if vm := machine(t, client, source); len(vm.UnsupportedDevices) != 1 || vm.UnsupportedDevices[0].Type != "VirtualPCIPassthrough" {
				t.Errorf("unsupported devices %+v", vm.UnsupportedDevices)
			}
			found, err := client.CheckInstantClone(t.Context(), spec)
			if err != nil || len(found) == 0 || found[0].Severity != vsphere.CheckError ||
				found[0].Err.Code != "DisallowedMigrationDeviceAttached" || len(found[0].Err.Messages) == 0 {
				t.Errorf("check: %+v, %v", found, err)
			}
			_, err = client.StartInstantClone(t.Context(), spec)
			wantError(t, err, apierr.InvalidArgument, "DisallowedMigrationDeviceAttached")
			spec.SourceID = "vm-none"
			_, err = client.StartInstantClone(t.Context(), spec)
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
			spec.NetworkInterfaces = map[string]vsphere.NetworkInterfaceEdit{"4000": {}}
			_, err = client.StartInstantClone(t.Context(), spec)
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		})
	}
}

func TestInstantClone_fiftyTakeFewRequests(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 1, TaskDuration: 50 * time.Millisecond})
			warm(t, client)
			source := machine(t, client, mustVM(t, server, runningVM).ID)
			network := server.ID("/DC0/network/DC0_DVPG0")
			card := only(t, source.NetworkInterfaces)
			server.ResetRequests()
			var (
				clones sync.WaitGroup
				queue  = make(chan struct{}, 10) // the CLI's parallelism
			)
			for i := range 50 {
				clones.Go(func() {
					queue <- struct{}{}
					defer func() { <-queue }()
					instantClone(t, client, vsphere.InstantCloneSpec{
						SourceID: source.ID, Name: fmt.Sprintf("runner-%d", i), ExtraConfig: map[string]string{"guestinfo.n": fmt.Sprint(i)},
						NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{card: {NetworkID: network}},
					})
				})
			}
			clones.Wait()
			counts := server.Requests()
			if counts.Total > 400 { // they go one after another: nothing but the waits is shared
				t.Errorf("50 instant clones took %d requests: %v", counts.Total, counts.ByMethod)
			}
			t.Logf("50 instant clones took %d requests: %v", counts.Total, counts.ByMethod)
		})
	}
}

func TestInstantClone_lostAnswer(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			source := mustVM(t, server, runningVM)
			since, err := client.ServerTime(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			spec := vsphere.InstantCloneSpec{
				SourceID: source.ID, Name: "lost", FolderID: source.FolderID,
				Stamp: &vsphere.Stamp{RequestUUID: "request-1", SourceID: source.ID, Name: "lost", At: since},
			}
			search := vsphere.CloneSearch{SourceID: source.ID, Name: "lost", FolderID: source.FolderID, Since: since, RequestUUID: "request-1"}
			server.HoldTasks(instantCloneMethod)
			server.Inject(vcenter.Fault{Method: instantCloneMethod, Drop: vcenter.DropAfter})
			if _, err = client.StartInstantClone(t.Context(), spec); !apierr.IsAnswerLost(err) {
				t.Fatalf("error %v", err)
			}
			var found vsphere.CloneFinding
			waitFor(t, func() bool {
				found, err = client.FindInstantClone(t.Context(), search)

				return err != nil || len(found.TaskIDs) > 0
			})
			if err != nil || len(found.TaskIDs) != 1 || found.VMID != "" {
				t.Fatalf("while it is made: %+v, %v", found, err)
			}
			taskID := found.TaskIDs[0]
			server.ReleaseTasks()
			id := finish(t, client.InstantCloneTask(taskID), nil)
			for name, search := range map[string]vsphere.CloneSearch{
				"by its name":             search,
				"by its task":             {SourceID: source.ID, Name: "lost", FolderID: source.FolderID, Since: since, TaskID: taskID, RequestUUID: "request-1"},
				"where it goes by itself": {SourceID: source.ID, Name: "lost", Since: since, RequestUUID: "request-1"},
			} {
				found, err = client.FindInstantClone(t.Context(), search)
				if err != nil || found.VMID != id || len(found.TaskIDs) != 0 {
					t.Errorf("%s: %+v, %v, want %s", name, found, err, id)
				}
			}
			if folder, err := client.RootVMFolder(t.Context(), id); err != nil || folder != server.ID("/DC0/vm") {
				t.Errorf("root folder %s, %v", folder, err)
			}
			search.Since = since.Add(time.Hour)
			if found, err = client.FindInstantClone(t.Context(), search); err != nil || found.VMID != "" {
				t.Errorf("one that was there before: %+v, %v", found, err)
			}
			server.Inject(vcenter.Fault{Method: instantCloneMethod, Drop: vcenter.DropBefore})
			spec.Name, search.Name, search.Since = "never", "never", since
			if _, err = client.StartInstantClone(t.Context(), spec); !apierr.IsAnswerLost(err) {
				t.Fatalf("error %v", err)
			}
			if found, err = client.FindInstantClone(t.Context(), search); err != nil || found.VMID != "" || len(found.TaskIDs) != 0 {
				t.Errorf("one that never was: %+v, %v", found, err)
			}
		})
	}
}

func TestMissingInstantClonePrivileges(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	config := configFor(server)
	config.Username, config.Password = "restricted", "restricted"
	client := connect(t, config)
	source := mustVM(t, server, runningVM)
	missing, err := client.MissingInstantClonePrivileges(t.Context(), vsphere.InstantCloneSpec{SourceID: source.ID, Name: "x"})
	want := []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Provisioning.Clone", Object: source.ID},
		{Privilege: "VirtualMachine.Inventory.CreateFromExisting", Object: source.FolderID},
		{Privilege: "Resource.AssignVMToPool", Object: source.ResourcePoolID},
		{Privilege: "Datastore.AllocateSpace", Object: source.DatastoreID},
		{Privilege: "VirtualMachine.Interact.PowerOn", Object: source.ID},
	}
	if err != nil || !slices.Equal(unnamed(missing), want) {
		t.Errorf("got %+v, %v, want %+v", missing, err, want)
	}
	const create = "VirtualMachine.State.CreateSnapshot"
	missing, err = client.MissingPrivileges(t.Context(), source.ID, "System.View", create)
	if err != nil || !slices.Equal(missing, []apierr.MissingPrivilege{{Privilege: create, Object: source.ID, ObjectName: runningVM, User: "restricted"}}) {
		t.Errorf("got %+v, %v", missing, err)
	}
	owner := connect(t, configFor(server))
	if missing, err = owner.MissingInstantClonePrivileges(t.Context(), vsphere.InstantCloneSpec{SourceID: source.ID}); err != nil || missing != nil {
		t.Errorf("the owner lacks %+v, %v", missing, err)
	}
}
