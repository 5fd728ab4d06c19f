package zstack_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestManyAtOnce runs many callers that clone, read and destroy, while other goroutines observe the server and inject faults. The race
// detector finds what the assertions cannot.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	const callers = 16
	server := startFront(t, zstacksim.Options{TaskDuration: 2 * time.Millisecond})
	actions := actionsOf(t, server, "golden")
	var working, watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			server.VMs()
			server.Volumes()
			server.Jobs()
			server.Sessions()
			server.Requests()
			server.HoldJobs("RebootVmInstance")
			server.ReleaseJobs()
		}
	})
	for i := range callers {
		working.Go(func() {
			c := logIn(t, server)
			name := fmt.Sprintf("clone-%d", i)
			clone := object{"cloneVmInstance": object{"names": []string{name, name + "-b"}, "full": true}}
			if got := c.end(c.start(http.MethodPut, actions, clone)); got.status != http.StatusOK {
				t.Errorf("clone: %s", got)
			}
			vm, found := server.VM(name)
			if !found {
				t.Errorf("%s is not there", name)

				return
			}
			if got := c.do(http.MethodGet, "/v1/vm-instances?q=uuid="+vm.UUID, nil); len(names(t, got)) != 1 {
				t.Errorf("read: %s", got)
			}
			c.end(c.start(http.MethodPut, "/v1/vm-instances/"+vm.UUID+"/actions", object{"rebootVmInstance": object{}}))
			if got := c.end(c.start(http.MethodDelete, "/v1/vm-instances/"+vm.UUID, nil)); got.status != http.StatusOK {
				t.Errorf("destroy: %s", got)
			}
		})
	}
	working.Wait()
	close(done)
	watching.Wait()
	states := map[string]int{}
	for _, vm := range server.VMs() {
		states[vm.State]++
	}
	if want := map[string]int{"Running": callers + 1, "Stopped": 1, "Destroyed": callers}; fmt.Sprint(states) != fmt.Sprint(want) {
		t.Errorf("states %v, want %v", states, want)
	}
}
