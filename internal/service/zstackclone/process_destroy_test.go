package zstackclone_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccZStackClone_killedDestroy kills the CLI at each step of the destroy of a full clone, with a real CLI and a real provider
// process. ZStack goes on with the step, and nothing has noted that the destroy began: the next destroy finishes all the same. Nothing
// of the clone is left but what the recycle bin keeps, which is nothing where it is expunged.
func TestAccZStackClone_killedDestroy(t *testing.T) {
	t.Parallel()
	for method, expunged := range map[string][]bool{
		"StopVmInstance": {false}, "DestroyVmInstance": {false, true}, "DeleteDataVolume": {false, true},
		"ExpungeVmInstance": {true}, "ExpungeDataVolume": {true},
	} {
		for _, expunge := range expunged {
			t.Run(fmt.Sprint(method, ", expunged: ", expunge), func(t *testing.T) {
				t.Parallel()
				server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
				workspace := acctest.NewWorkspace(t, processConfig(server, fmt.Sprint("expunge_on_destroy = ", expunge)))
				vms, volumes := len(server.VMs()), len(server.Volumes())
				acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")

				destroy := acctest.StartUntilJobHeld(t, server, workspace, method, "destroy", "-auto-approve")
				if err := destroy.Signal(syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
				acctest.Until(t, "the provider ends after its CLI", func() bool { return errors.Is(destroy.SignalGroup(0), syscall.ESRCH) })
				server.ReleaseJobs()
				acctest.Until(t, "the step is done", func() bool {
					jobs := server.Jobs()

					return jobs[len(jobs)-1].State == zstacksim.JobDone
				})

				// The CLI that was killed left its lock on the state.
				result := acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-lock=false", "-no-color")
				kept := 1
				if expunge {
					kept = 0
				}
				if err := acctest.CheckZStackRecycled(server, "web", kept)(nil); err != nil {
					t.Error(err)
				}
				if got := len(server.VMs()); got != vms+kept {
					t.Errorf("%d VMs are left, want %d:\n%s", got, vms+kept, result.Output)
				}
				if got := deletedVolumes(server); got != kept || len(server.Volumes()) != volumes+2*kept { // and its root volume
					t.Errorf("%d volumes are left, %d of them deleted:\n%s", len(server.Volumes()), got, result.Output)
				}
				if listed := acctest.MustRunCLI(t, workspace, 0, "state", "list").Output; strings.TrimSpace(listed) != "" {
					t.Errorf("state has %s", listed)
				}
			})
		}
	}
}

// deletedVolumes counts the volumes in the recycle bin.
func deletedVolumes(server *zstacksim.Server) (count int) {
	for _, volume := range server.Volumes() {
		if volume.Status == "Deleted" {
			count++
		}
	}

	return count
}
