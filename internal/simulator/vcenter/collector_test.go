package vcenter

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// startLogged starts a server that ends with the test, and logs in as its administrator.
func startLogged(t *testing.T, options Options) (*Server, *vim25.Client) {
	t.Helper()
	server, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	transport := soap.NewClient(&url.URL{Scheme: "https", Host: server.Endpoint(), Path: sdkPath}, false)
	transport.SetThumbprint(server.Endpoint(), server.ThumbprintSHA1())
	t.Cleanup(transport.DefaultTransport().CloseIdleConnections)
	client, err := vim25.NewClient(t.Context(), transport)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.NewManager(client).Login(t.Context(), url.UserPassword(server.Username(), server.Password())); err != nil {
		t.Fatal(err)
	}

	return server, client
}

// watch makes a collector with a filter on one property of objects.
func watch(t *testing.T, client *vim25.Client, kind, property string, refs ...types.ManagedObjectReference) types.ManagedObjectReference {
	t.Helper()
	created, err := methods.CreatePropertyCollector(t.Context(), client, &types.CreatePropertyCollector{
		This: client.ServiceContent.PropertyCollector,
	})
	if err != nil {
		t.Fatal(err)
	}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{{Type: kind, PathSet: []string{property}}}}
	for _, ref := range refs {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: ref})
	}
	if _, err := methods.CreateFilter(t.Context(), client, &types.CreateFilter{This: created.Returnval, Spec: spec}); err != nil {
		t.Fatal(err)
	}

	return created.Returnval
}

// updates waits once, for a short while at most.
func updates(t *testing.T, client *vim25.Client, collector types.ManagedObjectReference, version string, options types.WaitOptions) *types.UpdateSet {
	t.Helper()
	answer, err := methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{
		This: collector, Version: version, Options: &options,
	})
	if err != nil {
		t.Fatal(err)
	}

	return answer.Returnval
}

// told returns the content of an update set: kind and value by object.
func told(set *types.UpdateSet) map[string]string {
	result := map[string]string{}
	if set == nil {
		return result
	}
	for _, filter := range set.FilterSet {
		for _, update := range filter.ObjectSet {
			value := ""
			for _, change := range update.ChangeSet {
				value += fmt.Sprintf(" %v", change.Val)
			}
			result[update.Obj.Value] = string(update.Kind) + value
		}
	}

	return result
}

func TestCollectorTellsChanges(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 2})
	first, _ := server.VM("DC0_C0_RP0_VM0")
	second, _ := server.VM("DC0_C0_RP0_VM1")
	collector := watch(t, client, "VirtualMachine", "name", vmRef(first.ID), vmRef(second.ID))
	wait := types.WaitOptions{MaxWaitSeconds: new(int32(20))}
	now := types.WaitOptions{MaxWaitSeconds: new(int32(0))}

	set := updates(t, client, collector, "", wait)
	if got := told(set); len(got) != 2 || got[first.ID] != "enter "+first.Name {
		t.Fatalf("at first: %v", got)
	}
	if got := updates(t, client, collector, set.Version, now); got != nil {
		t.Fatalf("nothing changed, told %v", told(got))
	}
	if err := server.ChangeVM(first.ID, Change{Name: new("a/b")}); err != nil {
		t.Fatal(err)
	}
	lost := updates(t, client, collector, set.Version, wait)
	if got := told(lost); len(got) != 1 || got[first.ID] != "modify a%2fb" {
		t.Fatalf("after the rename: %v", got)
	}
	// The answer was lost: the client asks with the version it has, and must not miss the rename.
	again := updates(t, client, collector, set.Version, wait)
	if got := told(again); got[first.ID] != "enter a%2fb" || len(got) != 2 {
		t.Fatalf("asked again: %v", got)
	}
	if err := server.DestroyVM(second.ID); err != nil {
		t.Fatal(err)
	}
	if got := told(updates(t, client, collector, again.Version, wait)); got[second.ID] != "leave" {
		t.Fatalf("after the destruction: %v", got)
	}
}

func TestCollectorKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 5})
	var refs []types.ManagedObjectReference
	for _, vm := range server.VMs() {
		refs = append(refs, vmRef(vm.ID))
	}
	collector := watch(t, client, "VirtualMachine", "runtime.powerState", refs...)
	seen := map[string]bool{}
	version := ""
	for range refs {
		set := updates(t, client, collector, version, types.WaitOptions{MaxObjectUpdates: 4, MaxWaitSeconds: new(int32(0))})
		if set == nil {
			break
		}
		if got := told(set); len(got) > 4 {
			t.Fatalf("told %d objects, want 4 at most", len(got))
		}
		for id := range told(set) {
			seen[id] = true
		}
		version = set.Version
	}
	if len(seen) != len(refs) {
		t.Errorf("told of %d objects, want %d", len(seen), len(refs))
	}
}

func TestCollectorWaitEnds(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 1})
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	collector := watch(t, client, "VirtualMachine", "name", vmRef(vm.ID))
	set := updates(t, client, collector, "", types.WaitOptions{})

	if got := updates(t, client, collector, set.Version, types.WaitOptions{MaxWaitSeconds: new(int32(1))}); got != nil {
		t.Errorf("after its second: %v", told(got))
	}
	ended := make(chan error, 1)
	go func() {
		_, err := methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{This: collector, Version: set.Version})
		ended <- err
	}()
	poll(t, "the wait has arrived", func() bool { return server.Requests().ByMethod["WaitForUpdatesEx"] == 3 })
	// A cancellation that comes before the server listens for it is lost, as in vCenter: so it is sent until the wait ends.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := methods.CancelWaitForUpdates(t.Context(), client, &types.CancelWaitForUpdates{This: collector}); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if !soap.IsSoapFault(err) {
				t.Fatalf("the cancelled wait: %v", err)
			}
			if _, ok := soap.ToSoapFault(err).VimFault().(types.RequestCanceled); !ok {
				t.Errorf("the cancelled wait: %v", err)
			}

			return
		case <-tick.C:
		}
	}
}

// TestCollectorWatchesManyTasks adds filters for tasks to a collector that is waited on, as a client's one loop does.
func TestCollectorWatchesManyTasks(t *testing.T) {
	t.Parallel()
	const clones = 30
	server, client := startLogged(t, Options{VMs: 1, TaskDuration: 30 * time.Millisecond})
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	collector := watch(t, client, "VirtualMachine", "name", vmRef(vm.ID))
	source, folder := object.NewVirtualMachine(client, vmRef(vm.ID)), object.NewFolder(client, refOf("Folder", vm.FolderID))
	failed := make(chan error, 1)
	go func() {
		failed <- func() error {
			for i := range clones {
				task, err := source.Clone(t.Context(), folder, fmt.Sprintf("c%d", i), types.VirtualMachineCloneSpec{})
				if err != nil {
					return fmt.Errorf("clone %d: %w", i, err)
				}
				spec := types.PropertyFilterSpec{
					PropSet:   []types.PropertySpec{{Type: "Task", PathSet: []string{"info.state"}}},
					ObjectSet: []types.ObjectSpec{{Obj: task.Reference()}},
				}
				if _, err := methods.CreateFilter(t.Context(), client, &types.CreateFilter{This: collector, Spec: spec}); err != nil {
					return fmt.Errorf("filter %d: %w", i, err)
				}
			}

			return nil
		}()
	}()

	done := map[string]bool{}
	version := ""
	for len(done) < clones {
		set := updates(t, client, collector, version, types.WaitOptions{MaxWaitSeconds: new(int32(20))})
		if set == nil {
			t.Fatalf("%d of %d tasks ended, then silence", len(done), clones)
		}
		version = set.Version
		for id, what := range told(set) {
			if what == "modify success" || what == "enter success" {
				done[id] = true
			}
		}
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if got := len(server.VMs()); got != clones+2 {
		t.Errorf("%d VMs, want %d", got, clones+2)
	}
}

// A task whose end was sent is not read again, and yet reported when it is removed.
func TestCollectorMissesEndedTasks(t *testing.T) {
	t.Parallel()
	server, client := startLogged(t, Options{VMs: 2})
	var refs []types.ManagedObjectReference
	for _, name := range []string{"DC0_C0_RP0_VM0", "DC0_C0_RP0_VM1"} {
		vm, _ := server.VM(name)
		task, err := object.NewVirtualMachine(client, vmRef(vm.ID)).PowerOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, task.Reference())
	}
	collector := watch(t, client, "Task", "info.state", refs...)
	wait := types.WaitOptions{MaxWaitSeconds: new(int32(20))}
	version, ended := "", map[string]bool{}
	for len(ended) < len(refs) {
		set := updates(t, client, collector, version, wait)
		if set == nil {
			t.Fatalf("only %v ended", ended)
		}
		version = set.Version
		for id, what := range told(set) {
			if strings.HasSuffix(what, " success") {
				ended[id] = true
			}
		}
	}
	// Changes elsewhere bring no update of them.
	if err := server.ChangeVM(server.VMs()[0].ID, Change{Annotation: new("x")}); err != nil {
		t.Fatal(err)
	}
	if got := updates(t, client, collector, version, types.WaitOptions{MaxWaitSeconds: new(int32(0))}); got != nil {
		t.Fatalf("nothing changed, told %v", told(got))
	}
	// A client that has lost the answer receives their end again.
	again := updates(t, client, collector, "", wait)
	if got := told(again); len(got) != 2 || got[refs[0].Value] != "enter success" {
		t.Fatalf("asked again: %v", got)
	}
	server.ForgetTasks()
	if got := told(updates(t, client, collector, again.Version, wait)); len(got) != 2 || got[refs[1].Value] != "leave" {
		t.Fatalf("after they were forgotten: %v", got)
	}
}

// poll waits until condition holds.
func poll(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not so", what)
		}
	}
}
