package vcenter

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

func TestCloseEndsWhatRuns(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1, TaskDuration: time.Hour})
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	if _, err := object.NewVirtualMachine(client, vmRef(vm.ID)).PowerOff(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{This: client.ServiceContent.PropertyCollector})
	}()
	poll(t, "the wait has arrived", func() bool { return server.Requests().ByMethod["WaitForUpdatesEx"] == 1 })
	server.Close()
	<-ended
	server.Close() // twice is once
}

func TestInsecureHTTP(t *testing.T) {
	t.Parallel()
	server, err := Start(Options{VMs: -1, InsecureHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	if server.Thumbprint()+server.ThumbprintSHA1()+server.CACertificate() != "" {
		t.Error("there is a certificate without TLS")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/api/session", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(server.Username(), server.Password())
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated || !strings.HasPrefix(server.URL(), "http://127.0.0.1:") {
		t.Errorf("%s at %s", answer.Status, server.URL())
	}
	if vms := server.VMs(); len(vms) != 1 || vms[0].Name != templateName {
		t.Errorf("VMs: %v, want the template alone", vms)
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"nonsense", "127.0.0.1:-1"} {
		if server, err := Start(Options{Address: address}); err == nil {
			server.Close()
			t.Errorf("the server listens on %s", address)
		}
	}
}

func TestLatencyAndConnections(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	server, client := startLogged(t, Options{VMs: -1, Latency: latency})
	began := time.Now()
	if _, err := methods.GetCurrentTime(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < latency {
		t.Errorf("the answer came after %v", took)
	}
	if counts := server.Requests(); counts.Connections == 0 || counts.ByMethod["CurrentTime"] != 1 {
		t.Errorf("counts: %+v", counts)
	}
	server.ResetRequests()
	if counts := server.Requests(); counts.Total != 0 || len(counts.ByMethod) != 0 {
		t.Errorf("after the reset: %+v", counts)
	}
}

func TestEventsTellOfClones(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1})
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	folder := object.NewFolder(client, refOf("Folder", vm.FolderID))
	task, err := object.NewVirtualMachine(client, vmRef(vm.ID)).Clone(t.Context(), folder, "child", types.VirtualMachineCloneSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	child, _ := server.VM("child")
	query := func(id string) []types.BaseEvent {
		answer, err := methods.QueryEvents(t.Context(), client, &types.QueryEvents{
			This: *client.ServiceContent.EventManager,
			Filter: types.EventFilterSpec{Entity: &types.EventFilterSpecByEntity{
				Entity: vmRef(id), Recursion: types.EventFilterSpecRecursionOptionSelf,
			}},
		})
		if err != nil {
			t.Fatal(err)
		}

		return answer.Returnval
	}
	found := 0
	for _, event := range query(child.ID) {
		if cloned, ok := event.(*types.VmClonedEvent); ok {
			found++
			if cloned.SourceVm.Vm.Value != vm.ID || cloned.UserName != server.Username() || cloned.CreatedTime.IsZero() {
				t.Errorf("the event: %+v", cloned)
			}
		}
	}
	for _, event := range query(vm.ID) {
		if being, ok := event.(*types.VmBeingClonedEvent); ok && being.DestName == "child" {
			found++
		}
	}
	if found != 2 {
		t.Errorf("found %d events of the clone, want 2", found)
	}
}

func TestGuestOfAClone(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1})
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	clone := func(name string) VM {
		task, err := object.NewVirtualMachine(client, vmRef(vm.ID)).Clone(t.Context(),
			object.NewFolder(client, refOf("Folder", vm.FolderID)), name, types.VirtualMachineCloneSpec{PowerOn: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		made, _ := server.VM(name)

		return made
	}
	talks := clone("talks")
	if !talks.ToolsRunning || talks.PowerState != string(poweredOn) {
		t.Errorf("the clone: %+v", talks)
	}
	poll(t, "the guest reports an address of its own", func() bool {
		seen, _ := server.VM("talks")

		return len(seen.GuestIPAddresses) == 1 && seen.GuestIPAddresses[0] != vm.GuestIPAddresses[0]
	})
	server.SuppressGuestAddresses(true)
	silent := clone("silent")
	if err := server.ChangeVM(silent.ID, Change{GuestIPAddresses: &[]string{"192.0.2.1", "fe80::1"}}); err != nil {
		t.Fatal(err)
	}
	if seen, _ := server.VM("silent"); len(seen.GuestIPAddresses) != 2 {
		t.Errorf("addresses %v, want those that were set", seen.GuestIPAddresses)
	}
	if talks.Disks["2000"].File == silent.Disks["2000"].File {
		t.Error("two clones share a file")
	}
}

func TestFolderGoesWithItsContent(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1})
	root := object.NewFolder(client, refOf("Folder", server.ID("/DC0/vm")))
	outer, err := root.CreateFolder(t.Context(), "outer")
	if err != nil {
		t.Fatal(err)
	}
	inner, err := outer.CreateFolder(t.Context(), "in%2fner")
	if err != nil {
		t.Fatal(err)
	}
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	if err := server.ChangeVM(vm.ID, Change{FolderID: new(inner.Reference().Value)}); err != nil {
		t.Fatal(err)
	}
	if moved, _ := server.VM(vm.Name); moved.Path != "/DC0/vm/outer/in/ner/"+vm.Name || server.ID("/DC0/vm/outer/in%2fner") == "" {
		t.Errorf("the VM moved to %s", moved.Path)
	}
	destroy := func() error {
		task, err := outer.Destroy(t.Context())
		if err != nil {
			t.Fatal(err)
		}

		return task.Wait(t.Context())
	}
	if err := destroy(); err == nil {
		t.Error("a folder with a VM that runs was destroyed")
	}
	if err := server.ChangeVM(vm.ID, Change{PowerState: new(string(poweredOff))}); err != nil {
		t.Fatal(err)
	}
	if err := destroy(); err != nil {
		t.Fatal(err)
	}
	if _, found := server.VM(vm.Name); found || server.ID("/DC0/vm/outer") != "" {
		t.Error("something is left of the folder")
	}
}

func TestSpaceIsCounted(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1})
	free := func() int64 {
		server.inventory.mu.RLock()
		defer server.inventory.mu.RUnlock()
		datastore, _ := server.inventory.lookup("/DC0/datastore/LocalDS_1").(*simulator.Datastore)

		return datastore.Summary.FreeSpace
	}
	before := free()
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	target := refOf("Datastore", server.ID("/DC0/datastore/LocalDS_1"))
	task, err := object.NewVirtualMachine(client, vmRef(vm.ID)).Clone(t.Context(),
		object.NewFolder(client, refOf("Folder", vm.FolderID)), "child",
		types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Datastore: &target}})
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if used := before - free(); used != diskBytes {
		t.Errorf("the clone took %d bytes, want %d", used, int64(diskBytes))
	}
	child, _ := server.VM("child")
	if err := server.ChangeVM(child.ID, Change{DatastoreID: &vm.DatastoreID}); err != nil {
		t.Fatal(err)
	}
	if free() != before {
		t.Errorf("after the relocation %d bytes are free, want %d", free(), before)
	}
	if err := server.DestroyVM(child.ID); err != nil {
		t.Fatal(err)
	}
}
