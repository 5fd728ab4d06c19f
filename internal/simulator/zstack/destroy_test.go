package zstack_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestDestroyPolicies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy zstacksim.DeletionPolicy
		stays  bool
	}{{zstacksim.DeletionDelay, true}, {zstacksim.DeletionNever, true}, {zstacksim.DeletionDirect, false}} {
		t.Run(string(test.policy), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{DeletionPolicy: test.policy})
			before := b.vm("golden")
			data := before.DataVolumeUUIDs[0]
			b.job(http.MethodDelete, "/v1/vm-instances/"+before.UUID+"?deleteMode=Permissive", nil).wantStatus(t, http.StatusOK)
			found := read[machine](b, "/v1/vm-instances/"+before.UUID)
			if (len(found) == 1) != test.stays {
				t.Fatalf("%+v", found)
			}
			if test.stays && (found[0].State != "Destroyed" || found[0].HostUUID != "" || found[0].LastHostUUID != before.HostUUID ||
				len(found[0].AllVolumes) != 1 || found[0].AllVolumes[0].UUID != before.RootVolumeUUID) {
				t.Errorf("%+v", found)
			}
			if disks := read[disk](b, "/v1/volumes/"+data); len(disks) != 1 || disks[0].VMInstanceUUID != "" || disks[0].Status != "Ready" {
				t.Errorf("%+v", disks)
			}
			for _, volume := range b.server.Volumes() {
				if volume.UUID == data && volume.LastVMUUID != before.UUID {
					t.Errorf("%+v", volume)
				}
			}
			if _, ok := b.server.VM("golden"); ok {
				t.Error("a destroyed VM is still found by its name")
			}

			got := b.act(before.UUID, "expungeVmInstance", nil)
			if test.stays {
				got.wantStatus(t, http.StatusOK)
			} else {
				got.wantError(t, "SYS.1003")
			}
			if found := read[machine](b, "/v1/vm-instances/"+before.UUID); len(found) != 0 {
				t.Errorf("%+v", found)
			}
			if disks := read[disk](b, "/v1/volumes/"+before.RootVolumeUUID); len(disks) != 0 {
				t.Errorf("the root volume is left: %+v", disks)
			}
			// A VM that does not exist counts as destroyed.
			b.job(http.MethodDelete, "/v1/vm-instances/"+before.UUID, nil).wantStatus(t, http.StatusOK)
		})
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	b.job(http.MethodDelete, "/v1/vm-instances/"+uuid, nil).wantStatus(t, http.StatusOK)
	b.act(uuid, "recoverVmInstance", nil).wantStatus(t, http.StatusOK)
	got := b.get(uuid)
	if got.State != "Stopped" || len(got.AllVolumes) != 1 || len(got.VMNics) != 1 {
		t.Errorf("%+v", got)
	}
	b.act(uuid, "startVmInstance", nil).wantStatus(t, http.StatusOK)

	record := b.cloneOne("record", object{"strategy": "JustCreate"}).UUID
	b.job(http.MethodDelete, "/v1/vm-instances/"+record, nil).wantStatus(t, http.StatusOK)
	b.act(record, "recoverVmInstance", nil).wantStatus(t, http.StatusOK)
	b.wantState(record, "Created")
}

// TestDestroyTransitionalStates reads the states of a VM while it is destroyed and expunged, and lets each job fail once before its effect.
func TestDestroyTransitionalStates(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	for _, step := range []struct {
		method, transitional, before string
		start                        func() string
	}{
		{"DestroyVmInstance", "Destroying", "Running", func() string { return b.start(http.MethodDelete, "/v1/vm-instances/"+uuid, nil) }},
		{"ExpungeVmInstance", "Expunging", "Destroyed", func() string {
			return b.start(http.MethodPut, clonePath(uuid), object{"expungeVmInstance": object{}})
		}},
	} {
		b.server.HoldJobs(step.method)
		job := step.start()
		b.wantState(uuid, step.transitional)
		b.server.Inject(zstacksim.Fault{Method: step.method, Where: zstacksim.FaultInTask, Code: "SYS.1006"})
		b.server.ReleaseJobs()
		b.end(job).wantError(t, "SYS.1006")
		b.wantState(uuid, step.before)
		b.end(step.start()).wantStatus(t, http.StatusOK)
	}
}

// TestDestroyOvertakes destroys a VM that another job works on; that job fails.
func TestDestroyOvertakes(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	b.server.HoldJobs("RebootVmInstance")
	job := b.start(http.MethodPut, clonePath(uuid), object{"rebootVmInstance": object{}})
	b.job(http.MethodDelete, "/v1/vm-instances/"+uuid, nil).wantStatus(t, http.StatusOK)
	b.server.ReleaseJobs()
	b.end(job).wantError(t, "VM.1003")
	b.wantState(uuid, "Destroyed")
}

func TestVolumePolicies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy zstacksim.DeletionPolicy
		stays  bool
	}{{zstacksim.DeletionDelay, true}, {zstacksim.DeletionNever, true}, {zstacksim.DeletionDirect, false}} {
		t.Run(string(test.policy), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{DeletionPolicy: test.policy})
			data := trashed(b) // while it is attached
			found := read[disk](b, "/v1/volumes/"+data)
			if (len(found) == 1) != test.stays || test.stays && (found[0].Status != "Deleted" || found[0].VMInstanceUUID != "") {
				t.Fatalf("%+v", found)
			}
			if left := b.vm("golden").DataVolumeUUIDs; len(left) != 0 {
				t.Errorf("the VM has it still: %v", left)
			}
			action := func(key string) reply {
				return b.job(http.MethodPut, "/v1/volumes/"+data+"/actions", object{key: object{}})
			}
			if test.stays {
				action("recoverDataVolume").wantStatus(t, http.StatusOK)
				if found := read[disk](b, "/v1/volumes/"+data); found[0].Status != "Ready" {
					t.Errorf("%+v", found)
				}
				b.job(http.MethodDelete, "/v1/volumes/"+data, nil).wantStatus(t, http.StatusOK)
				action("expungeDataVolume").wantStatus(t, http.StatusOK)
			} else {
				action("expungeDataVolume").wantError(t, "SYS.1003")
			}
			if found := read[disk](b, "/v1/volumes/"+data); len(found) != 0 {
				t.Errorf("%+v", found)
			}
			b.job(http.MethodDelete, "/v1/volumes/"+data, nil).wantStatus(t, http.StatusOK) // gone already
		})
	}
}

// TestDestroyedKeepsAddress checks that a VM in the recycle bin keeps its address, and frees it when it is expunged.
func TestDestroyedKeepsAddress(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	before := b.vm("golden")
	address := before.IPAddresses[0]
	b.job(http.MethodDelete, "/v1/vm-instances/"+before.UUID, nil).wantStatus(t, http.StatusOK)
	source := stoppedVM(b)
	clone := func(name string) string {
		return b.clone(source, object{"names": []string{name}}).named(t, name).VMNics[0].IP
	}
	if got := clone("a"); got == address {
		t.Errorf("the address %s is given twice", got)
	}
	b.act(before.UUID, "expungeVmInstance", nil).wantStatus(t, http.StatusOK)
	if got := clone("b"); got != address {
		t.Errorf("got %s, want %s back", got, address)
	}
}

// TestRecycleBinEmpties lets seven days pass.
func TestRecycleBinEmpties(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy zstacksim.DeletionPolicy
		left   int
	}{{zstacksim.DeletionDelay, 0}, {zstacksim.DeletionNever, 1}} {
		t.Run(string(test.policy), func(t *testing.T) {
			t.Parallel()
			var passed atomic.Int64
			begin := time.Now()
			clock := func() time.Time { return begin.Add(time.Duration(passed.Load())) }
			b := newBench(t, zstacksim.Options{DeletionPolicy: test.policy, Clock: clock, SessionTimeout: 24 * 365 * time.Hour})
			vm, data := golden(b), trashed(b)
			b.job(http.MethodDelete, "/v1/vm-instances/"+vm, nil).wantStatus(t, http.StatusOK)
			for _, step := range []struct {
				days int
				left int
			}{{6, 1}, {8, test.left}} {
				passed.Store(int64(step.days) * int64(24*time.Hour))
				if vms, disks := read[machine](b, "/v1/vm-instances/"+vm), read[disk](b, "/v1/volumes/"+data); len(vms) != step.left ||
					len(disks) != step.left {
					t.Errorf("after %d days: %+v %+v", step.days, vms, disks)
				}
			}
		})
	}
}
