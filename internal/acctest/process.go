package acctest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// processPatience only ends a wait for a real process that hangs: it is far longer than anything takes on a busy machine.
const processPatience = 5 * time.Minute

// StartUntilHeld starts a command of the CLI and returns when vCenter holds the task that the method started, and the
// provider has begun to wait for it, which it does by calling waitMethod. The server's [vcenter.Server.ReleaseTasks]
// lets the task go on.
func StartUntilHeld(
	tb testing.TB, server *vcenter.Server, workspace *realcli.Workspace, method, waitMethod string, args ...string,
) *realcli.Command {
	tb.Helper()
	server.HoldTasks(method)

	return startUntilCalled(tb, server, workspace, []string{method, waitMethod}, args...)
}

// StartUntilJobHeld is [StartUntilHeld] for a ZStack, whose jobs are asked for one by one. The server's
// [zstacksim.Server.ReleaseJobs] lets the job go on.
func StartUntilJobHeld(
	tb testing.TB, server *zstacksim.Server, workspace *realcli.Workspace, method string, args ...string,
) *realcli.Command {
	tb.Helper()
	server.HoldJobs(method)

	return startUntilCalled(tb, server, workspace, []string{method, "QueryApiJob"}, args...)
}

// counting is a simulator's counter of requests.
type counting interface {
	ResetRequests()
	Requests() serving.RequestCounts
}

// startUntilCalled starts a command of the CLI and returns when all the methods were called.
func startUntilCalled(
	tb testing.TB, server counting, workspace *realcli.Workspace, methods []string, args ...string,
) *realcli.Command {
	tb.Helper()
	server.ResetRequests()
	command, err := workspace.Start(tb.Context(), nil, args...)
	if err != nil {
		tb.Fatal(err)
	}
	Until(tb, strings.Join(methods, " and ")+" are under way", func() bool {
		select {
		case <-command.Done():
			tb.Fatalf("the CLI ended by itself:\n%s", command.Output())
		default:
		}
		counts := server.Requests().ByMethod

		return !slices.ContainsFunc(methods, func(method string) bool { return counts[method] == 0 })
	})

	return command
}

// WaitCLI returns how a command of the CLI ended.
func WaitCLI(tb testing.TB, command *realcli.Command) realcli.Result {
	tb.Helper()
	select {
	case <-command.Done():
	case <-time.After(processPatience):
		tb.Fatalf("the CLI does not end:\n%s", command.Output())
	}
	result, err := command.Wait()
	if err != nil {
		tb.Fatal(err)
	}

	return result
}

// MustRunCLI runs one command of the CLI that has to end with the exit code.
func MustRunCLI(tb testing.TB, workspace *realcli.Workspace, exitCode int, args ...string) realcli.Result {
	tb.Helper()
	result := RunCLI(tb, workspace, args...)
	if result.ExitCode != exitCode {
		tb.Fatalf("%v ended with exit code %d, want %d:\n%s", args, result.ExitCode, exitCode, result.Output)
	}

	return result
}

// InState returns the id and the pending task or job of the last resource of the type, as the state file has them; both
// are empty without one.
func InState(tb testing.TB, workspace *realcli.Workspace, resourceType string) (id, pending string) {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join(workspace.Dir, "terraform.tfstate"))
	if errors.Is(err, os.ErrNotExist) {
		return "", ""
	}
	if err != nil {
		tb.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Type      string `json:"type"`
			Instances []struct {
				Attributes struct {
					ID             string `json:"id"`
					PendingTaskID  string `json:"pending_task_id"`
					PendingJobUUID string `json:"pending_job_uuid"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		tb.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == resourceType {
				id = instance.Attributes.ID
				pending = instance.Attributes.PendingTaskID + instance.Attributes.PendingJobUUID // it has one of the two
			}
		}
	}

	return id, pending
}

// Until waits for a condition.
func Until(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	deadline := time.After(processPatience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("timed out waiting until %s", what)
		}
	}
}
