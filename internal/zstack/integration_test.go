package zstack_test

import (
	"context"
	"errors"
	"fmt"
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
		"other clock, zone checked": {
			zstacksim.Options{Clock: func() time.Time { return time.Now().In(shanghai) }, CheckTimeZone: true}, func(server *zstacksim.Server) zstack.Config {
				config := keyOf(server)
				config.TimeZone = "Asia/Shanghai"

				return config
			},
		},
		"other clock, zone checked, none set": {
			zstacksim.Options{Clock: func() time.Time { return time.Now().In(shanghai) }, CheckTimeZone: true}, keyOf,
		},
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
	deleted, err := client.DeleteSnapshotGroup(ctx, group, zstack.ScopeSingle)
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
