package zstack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func startSimulator(t *testing.T, options zstacksim.Options) *zstacksim.Server {
	t.Helper()
	server, err := zstacksim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)

	return server
}

// accountOf is the configuration of an account login, keyOf of an access key.
func accountOf(server *zstacksim.Server) zstack.Config {
	return zstack.Config{
		Endpoint: server.URL(), AccountName: server.AccountName(), Password: server.Password(),
		CACertificate: server.CACertificate(), RequestTimeout: time.Minute,
	}
}

func keyOf(server *zstacksim.Server) zstack.Config {
	config := accountOf(server)
	config.AccountName, config.Password = "", ""
	config.AccessKeyID, config.AccessKeySecret = server.AccessKeyID(), server.AccessKeySecret()

	return config
}

func connect(t *testing.T, config zstack.Config) *zstack.Client {
	t.Helper()
	client, err := zstack.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("Close: %v", err)
		}
	})

	return client
}

// finish waits for a job that must succeed.
func finish[T any](t *testing.T, h task.Handle[T], err error) T {
	t.Helper()
	var none T
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := task.Wait(ctx, h)
	if err != nil {
		t.Fatal(err)

		return none
	}

	return result
}

func wantKind(t *testing.T, err error, kind apierr.Kind, code string) *apierr.Error {
	t.Helper()
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok || failure.Kind != kind || failure.Code != code {
		t.Fatalf("error %v, want %s (%s)", err, kind, code)
	}

	return failure
}

func goldenSpec(server *zstacksim.Server, name string) zstack.CloneSpec {
	return zstack.CloneSpec{SourceUUID: server.ID("vm", "golden"), Name: name, Strategy: zstack.StrategyInstantStart}
}

// TestIntegration_life takes a VM from its clone to its end, over both kinds of credentials, both ways to write numbers, and
// a management node in another zone.
func TestIntegration_life(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		options zstacksim.Options
		config  func(*zstacksim.Server) zstack.Config
	}{
		"account":    {zstacksim.Options{}, accountOf},
		"HTTP":       {zstacksim.Options{InsecureHTTP: true, FloatNumbers: true}, accountOf},
		"access key": {zstacksim.Options{FloatNumbers: true}, keyOf},
		"other clock": {zstacksim.Options{Clock: func() time.Time { return time.Now().In(shanghai) }}, func(server *zstacksim.Server) zstack.Config {
			config := keyOf(server)
			config.TimeZone = "Asia/Shanghai"

			return config
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, tt.options)
			client := connect(t, tt.config(server))
			spec := goldenSpec(server, "web")
			spec.Full = true
			handle, err := client.Clone(t.Context(), spec)
			vm := finish(t, handle, err)
			if vm.Name != "web" || vm.State != zstack.VMRunning || vm.MemoryBytes == 0 || vm.CPUCount == 0 || len(vm.Volumes) != 2 {
				t.Errorf("the clone is %+v", vm)
			}
			live(t, client, server, vm)
		})
	}
}

// live changes the VM in every way, and ends it with its data volume.
func live(t *testing.T, client *zstack.Client, server *zstacksim.Server, vm zstack.VirtualMachine) {
	t.Helper()
	ctx := t.Context()
	description := `50% off, "quoted" & <tagged>`
	updated, err := client.UpdateVM(ctx, vm.UUID, zstack.VMUpdate{Description: &description})
	if got := finish(t, updated, err); got.Description != description {
		t.Errorf("description %q", got.Description)
	}
	tag, err := client.CreateUserTag(ctx, vm.UUID, "team::a")
	made := finish(t, tag, err)
	if tags, err := client.UserTags(ctx, vm.UUID); err != nil || len(tags) != 1 || tags[0] != made {
		t.Errorf("user tags %+v, %v", tags, err)
	}
	untag, err := client.DeleteTag(ctx, made.UUID)
	finish(t, untag, err)
	group := snapshots(t, client, vm)
	paused, err := client.PauseVM(ctx, vm.UUID)
	finish(t, paused, err)
	resumed, err := client.ResumeVM(ctx, vm.UUID)
	finish(t, resumed, err)
	deleted, err := client.DeleteSnapshotGroup(ctx, group)
	for _, result := range finish(t, deleted, err) {
		if !result.Success || result.Err != nil {
			t.Errorf("snapshot %+v", result)
		}
	}
	stopped, err := client.StopVM(ctx, vm.UUID, zstack.StopCold)
	if got := finish(t, stopped, err); got.State != zstack.VMStopped || got.HostUUID != "" {
		t.Errorf("stopped: %+v", got)
	}
	destroyed, err := client.DestroyVM(ctx, vm.UUID, "")
	finish(t, destroyed, err)
	if got, err := client.VirtualMachine(ctx, vm.UUID); err != nil || got.State != zstack.VMDestroyed {
		t.Errorf("destroyed: %+v, %v", got, err)
	}
	for _, volume := range vm.Volumes {
		if volume.Type != zstack.VolumeData {
			continue
		}
		gone, err := client.DeleteVolume(ctx, volume.UUID)
		finish(t, gone, err)
		gone, err = client.ExpungeVolume(ctx, volume.UUID)
		finish(t, gone, err)
		_, err = client.Volume(ctx, volume.UUID)
		wantKind(t, err, apierr.NotFound, "SYS.1003")
	}
	expunged, err := client.ExpungeVM(ctx, vm.UUID)
	finish(t, expunged, err)
	_, err = client.VirtualMachine(ctx, vm.UUID)
	wantKind(t, err, apierr.NotFound, "SYS.1003")
	if _, there := server.VM("web"); there {
		t.Error("the simulator still has it")
	}
}

// snapshots makes a group, renames it and reads it by uuid and name.
func snapshots(t *testing.T, client *zstack.Client, vm zstack.VirtualMachine) string {
	t.Helper()
	uuid := zstack.NewUUID()
	made, err := client.CreateSnapshotGroup(t.Context(), zstack.SnapshotGroupSpec{
		ResourceUUID: uuid, RootVolumeUUID: vm.RootVolumeUUID, Name: "before", Description: "d",
	})
	if got := finish(t, made, err); got.UUID != uuid {
		t.Errorf("the group's uuid is %s, want %s", got.UUID, uuid)
	}
	renamed, err := client.UpdateSnapshotGroup(t.Context(), uuid, "before, and after", "")
	finish(t, renamed, err)
	group, err := client.SnapshotGroup(t.Context(), uuid)
	if err != nil || group.Name != "before, and after" || group.VMUUID != vm.UUID || len(group.Snapshots) != 2 ||
		group.Snapshots[0].PrimaryStorageUUID == "" || group.Snapshots[0].VolumeUUID == "" {
		t.Errorf("group %+v, %v", group, err)
	}
	named, err := client.SnapshotGroupsNamed(t.Context(), vm.UUID, "before, and after")
	if err != nil || len(named) != 1 || named[0].UUID != uuid {
		t.Errorf("named: %+v, %v", named, err)
	}

	return uuid
}

// TestIntegration_clones makes forty clones at once, as Terraform does with for_each, of which three fail.
func TestIntegration_clones(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	for _, name := range []string{"vm-03", "vm-17", "vm-31"} {
		server.Inject(zstacksim.Fault{Method: "CloneVmInstance", Where: zstacksim.FaultInEntry, Name: name, Code: "HOST_ALLOCATION.1000"})
	}
	before := len(server.VMs())
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			name := fmt.Sprintf("vm-%02d", i)
			handle, err := client.Clone(t.Context(), goldenSpec(server, name))
			if err != nil {
				t.Errorf("%s: %v", name, err)

				return
			}
			vm, err := task.Wait(t.Context(), handle)
			switch i {
			case 3, 17, 31:
				if !apierr.Is(err, apierr.Insufficient) {
					t.Errorf("%s: %+v, %v", name, vm, err)
				}
			default:
				if err != nil || vm.Name != name {
					t.Errorf("%s: %+v, %v", name, vm, err)
				}
			}
		})
	}
	callers.Wait()
	if calls := server.Requests().ByMethod["CloneVmInstance"]; calls > 10 {
		t.Errorf("%d calls", calls)
	}
	if made := len(server.VMs()) - before; made != 37 {
		t.Errorf("%d VMs, want 37", made)
	}
}

// TestIntegration_lostAnswers drops the connection after and before the effect of a clone: the job is looked up, and nothing is
// sent twice.
func TestIntegration_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]zstacksim.Fault{
		"dropped":      {Method: "CloneVmInstance", Drop: zstacksim.DropAfter},
		"dropped soon": {Method: "CloneVmInstance", Drop: zstacksim.DropBefore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, zstacksim.Options{})
			client := connect(t, accountOf(server))
			server.Inject(fault)
			handle, err := client.Clone(t.Context(), goldenSpec(server, "web"))
			if err != nil {
				t.Fatal(err)
			}
			vm, err := task.Wait(t.Context(), handle)
			made, there := server.VM("web")
			if fault.Drop == zstacksim.DropAfter && (err != nil || made.UUID != vm.UUID) {
				t.Errorf("made %+v, told %+v, %v", made, vm, err)
			}
			if fault.Drop == zstacksim.DropBefore && (!errors.Is(err, task.ErrUnknown) || there) {
				t.Errorf("made %+v, told %+v, %v", made, vm, err)
			}
			if calls := server.Requests().ByMethod["CloneVmInstance"]; calls != 1 {
				t.Errorf("sent %d times", calls)
			}
		})
	}
}

// TestIntegration_expiredSession meets a session that ended at a read and, as a failed job, at a change.
func TestIntegration_expiredSession(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	golden := server.ID("vm", "golden")
	if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
		t.Fatal(err)
	}
	server.ExpireSessions()
	if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
		t.Errorf("a read: %v", err)
	}
	server.ExpireSessions()
	handle, err := client.Clone(t.Context(), goldenSpec(server, "web"))
	if err != nil {
		t.Fatal(err)
	}
	first := handle.ID()
	if vm := finish(t, handle, nil); vm.Name != "web" || handle.ID() == first {
		t.Errorf("made %+v by job %s, after %s", vm, handle.ID(), first)
	}
	if logins := server.Requests().ByMethod["LogInByAccount"]; logins != 3 {
		t.Errorf("%d logins", logins)
	}
}

// TestIntegration_sessions logs in once for all callers and out at the end. How many reads share a call depends on the machine here;
// see TestReads_shared.
func TestIntegration_sessions(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client, err := zstack.New(accountOf(server))
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := range 15 {
		callers.Go(func() {
			found, err := client.VirtualMachinesNamed(t.Context(), fmt.Sprintf("vm-%d", i))
			if err != nil || len(found) != 1 {
				t.Errorf("vm-%d: %+v, %v", i, found, err)
			}
		})
	}
	callers.Wait()
	counts := server.Requests().ByMethod
	if len(server.Sessions()) != 1 || counts["LogInByAccount"] != 1 || counts["QueryVmInstance"] > 10 {
		t.Errorf("%d sessions, %v", len(server.Sessions()), counts)
	}
	if err := client.Close(t.Context()); err != nil || len(server.Sessions()) != 0 {
		t.Errorf("after Close: %d sessions, %v", len(server.Sessions()), err)
	}
	if _, err := client.VirtualMachinesNamed(t.Context(), "vm-1"); !apierr.Is(err, apierr.Cancelled) {
		t.Errorf("after Close: %v", err)
	}
}

func TestIntegration_credentials(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	for name, tt := range map[string]struct {
		change func(*zstack.Config)
		key    bool
		code   string
	}{
		"password":    {func(c *zstack.Config) { c.Password = "wrong" }, false, "ID.1000"},
		"secret":      {func(c *zstack.Config) { c.AccessKeySecret = "wrong" }, true, apierr.CodeAccessKeyRefused},
		"time zone":   {func(c *zstack.Config) { c.TimeZone = "Asia/Shanghai" }, true, apierr.CodeAccessKeyRefused},
		"certificate": {func(c *zstack.Config) { c.CACertificate = "" }, false, apierr.CodeUntrustedCertificate},
	} {
		config := accountOf(server)
		if tt.key {
			config = keyOf(server)
		}
		tt.change(&config)
		client := connect(t, config)
		for range 2 {
			_, err := client.VirtualMachinesNamed(t.Context(), "golden")
			failure, ok := errors.AsType[*apierr.Error](err)
			if !ok || failure.Kind != apierr.Unauthenticated || failure.Code != tt.code || failure.Object != server.Endpoint() {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if logins := server.Requests().ByMethod["LogInByAccount"]; logins != 1 {
		t.Errorf("a wrong password was sent %d times", logins)
	}
}

// TestIntegration_jobs meets what may become of a job: purged, immortal, another process's.
func TestIntegration_jobs(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	handle, err := client.Clone(t.Context(), goldenSpec(server, "web"))
	vm := finish(t, handle, err)
	resumed := client.CloneJob(handle.ID(), "web")
	if again, err := task.Wait(t.Context(), resumed); err != nil || again.UUID != vm.UUID {
		t.Errorf("resumed: %+v, %v", again, err)
	}
	other := client.CloneJob(handle.ID(), "another")
	if _, err := task.Wait(t.Context(), other); err == nil || apierr.IsAnswerLost(err) {
		t.Errorf("a name that the job did not make: %v", err)
	}
	server.PurgeJobs()
	if _, err := task.Wait(t.Context(), client.CloneJob(handle.ID(), "web")); !errors.Is(err, task.ErrUnknown) {
		t.Errorf("purged: %v", err)
	}
	server.HoldJobs("StopVmInstance")
	stop, err := client.StopVM(t.Context(), vm.UUID, zstack.StopCold)
	if err != nil {
		t.Fatal(err)
	}
	if update, err := stop.Next(t.Context()); err != nil || update.State != task.StateRunning {
		t.Fatalf("held: %+v, %v", update, err)
	}
	server.LoseJobs(false)
	bounded, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = task.Wait(bounded, stop)
	if !errors.Is(err, task.ErrUnfinished) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("immortal: %v", err)
	}
	server.ReleaseJobs()
}

// TestIntegration_names finds each of the awkward names, and none of its likenesses.
func TestIntegration_names(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{VMs: -1})
	client := connect(t, accountOf(server))
	names := []string{
		"a,b", "a=b", "=a", "a!=b", "a>=b", "a?=b,c", "a~=b", "a!~=b", "100%", "a%25b", "a+b", "a b", "a&q=name=x", `"a"`, `a\b=`, "東京", "é=", "is null",
		"a_b", "A,B", "a#b", "a/b", "x?y",
	}
	var callers sync.WaitGroup
	for _, name := range names {
		callers.Go(func() {
			handle, err := client.Clone(t.Context(), goldenSpec(server, name))
			if err != nil {
				t.Errorf("%s: %v", name, err)

				return
			}
			if _, err := task.Wait(t.Context(), handle); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	callers.Wait()
	for _, name := range names {
		callers.Go(func() {
			found, err := client.VirtualMachinesNamed(t.Context(), name)
			if err != nil || len(found) != 1 || found[0].Name != name {
				t.Errorf("%q: found %d, %v", name, len(found), err)
			}
		})
	}
	callers.Wait()
}

func TestIntegration_objects(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	for kind, name := range map[zstack.ObjectType]string{
		zstack.TypeZone: "zone-1", zstack.TypeCluster: "cluster-2", zstack.TypeL3Network: "net-1", zstack.TypeAffinityGroup: "spread",
	} {
		found, err := client.ObjectsNamed(t.Context(), kind, name)
		if err != nil || len(found) != 1 || found[0].Type != kind || found[0].Name != name {
			t.Errorf("%s: %+v, %v", kind, found, err)

			continue
		}
		if again, err := client.Object(t.Context(), kind, found[0].UUID); err != nil || again != found[0] {
			t.Errorf("%s: %+v, %v", kind, again, err)
		}
		_, err = client.Object(t.Context(), kind, strings.Repeat("0", 32))
		if !apierr.Is(err, apierr.NotFound) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []zstack.ObjectType{zstack.TypeHost, zstack.TypeImage, zstack.TypePrimaryStorage} {
		if found, err := client.ObjectsNamed(t.Context(), kind, "none"); err != nil || len(found) != 0 {
			t.Errorf("%s: %+v, %v", kind, found, err)
		}
	}
	if _, err := client.Object(t.Context(), "moon", strings.Repeat("0", 32)); !apierr.Is(err, apierr.InvalidArgument) {
		t.Errorf("an unknown type: %v", err)
	}
	if _, err := client.VirtualMachine(t.Context(), "a,b"); !apierr.Is(err, apierr.InvalidArgument) {
		t.Errorf("a malformed uuid: %v", err)
	}
}

// A logout that meets trouble is sent again: a session that is left behind counts against ZStack's limit for two hours.
func TestIntegration_logoutAgain(t *testing.T) {
	t.Parallel()
	faults := map[string]zstacksim.Fault{
		"dropped before":   {Drop: zstacksim.DropBefore},
		"dropped after":    {Drop: zstacksim.DropAfter},
		"gateway":          {Status: http.StatusBadGateway},
		"unavailable":      {Status: http.StatusServiceUnavailable},
		"gateway timeout":  {Status: http.StatusGatewayTimeout},
		"too many at once": {Status: http.StatusTooManyRequests},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, zstacksim.Options{})
			client, err := zstack.New(accountOf(server))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.VirtualMachinesNamed(t.Context(), "golden"); err != nil {
				t.Fatal(err)
			}
			fault.Method = "LogOut"
			server.Inject(fault)
			if err := client.Close(t.Context()); err != nil {
				t.Errorf("Close: %v", err)
			}
			if left := len(server.Sessions()); left > 0 || server.Struck() != 1 {
				t.Errorf("%d sessions are left after %d faults", left, server.Struck())
			}
		})
	}
}
