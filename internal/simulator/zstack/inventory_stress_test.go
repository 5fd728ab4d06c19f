package zstack_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestStress runs all operations concurrently on a few VMs, while the control API changes the same VMs.
// At the end no job runs, no VM is in a transitional state, and all invariants hold.
func TestStress(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 3, TaskDuration: time.Millisecond})
	for _, host := range []string{"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"} {
		must(t, b.server.SetHostCapacity(b.id("host", host), 6, 1<<40))
	}
	var crowd sync.WaitGroup
	for worker := range 4 {
		user := &bench{caller: logIn(t, b.server), server: b.server}
		random := rand.New(rand.NewPCG(7, uint64(worker)))
		crowd.Go(func() {
			for step := range 60 {
				if err := user.disturb(random, fmt.Sprintf("w%d-%d", worker, step)); err != nil {
					t.Errorf("worker %d: %v", worker, err)

					return
				}
			}
		})
	}
	crowd.Wait()
	eventually(t, "all jobs end", func() bool {
		for _, job := range b.server.Jobs() {
			if job.State != zstacksim.JobDone {
				return false
			}
		}

		return true
	})
	for _, vm := range b.server.VMs() {
		switch vm.State {
		case "Running", "Paused", "Stopped", "Created", "Destroyed":
		default:
			t.Errorf("%s is %s", vm.Name, vm.State)
		}
	}
	for _, wrong := range readAll(b).broken(b.server) {
		t.Error(wrong)
	}
}

// disturb runs one random operation and does not wait for its job. A refusal of the platform is no error; an answer that the API
// does not have is.
func (b *bench) disturb(random *rand.Rand, name string) error {
	const enough = 5
	vms := b.server.VMs()
	if len(vms) == 0 {
		return nil
	}
	vm := vms[random.IntN(len(vms))]
	path := "/v1/vm-instances/" + vm.UUID
	action := func(key string, params object) reply {
		return b.do(http.MethodPut, path+"/actions", object{key: params})
	}
	want := http.StatusAccepted
	var got reply
	switch random.IntN(15) {
	case 0, 1, 2, 3:
		got = b.do(http.MethodPut, path+"/actions", cloneBody(
			object{"names": []string{name + "a", name + "b", name + "c"}, "full": random.IntN(2) == 0},
			object{"systemTags": []string{"affinityGroupUuid::" + b.server.ID("affinity_group", "spread")}},
		))
	case 4:
		got = action("startVmInstance", object{})
	case 5:
		got = action("stopVmInstance", object{})
	case 6:
		got = action("pauseVmInstance", object{})
	case 7:
		got = action("resumeVmInstance", object{})
	case 8:
		got = b.do(http.MethodDelete, path, nil)
	case 9:
		got = action("recoverVmInstance", object{})
	case 10:
		got = action("expungeVmInstance", object{})
	case 11:
		got = b.do(http.MethodPost, groupsPath, object{"params": object{"rootVolumeUuid": vm.RootVolumeUUID, "name": name, "withMemory": random.IntN(2) == 0}})
	case 12:
		want, got = http.StatusOK, b.do(http.MethodGet, "/v1/vm-instances?q=state=Running&limit=3&replyWithCount=true", nil)
	case 13:
		got = b.do(http.MethodPost, "/v1/user-tags", object{"params": object{
			"resourceType": "VmInstanceVO", "resourceUuid": vm.UUID, "tag": name,
		}})
	default:
		if len(vms) > enough {
			_ = b.server.RemoveVM(vm.UUID) // another goroutine may have removed it
		}

		return nil
	}
	if got.err != nil || got.status != want {
		return fmt.Errorf("on %s: %s", vm.Name, got)
	}

	return nil
}
