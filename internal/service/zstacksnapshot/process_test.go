package zstacksnapshot_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccZStackSnapshot_killed kills the CLI in the middle of a snapshot group, with a real CLI and a real provider process: the next
// plan names what came to be, with the block that adopts it, and with that block it is adopted and not taken once more.
func TestAccZStackSnapshot_killed(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.config()
	workspace := acctest.NewWorkspace(t, config)

	apply := acctest.StartUntilJobHeld(t, s.server, workspace, createMethod, "apply", "-auto-approve")
	s.must(apply.Signal(syscall.SIGKILL))
	acctest.Until(t, "the provider ends after its CLI", func() bool { return errors.Is(apply.SignalGroup(0), syscall.ESRCH) })
	s.server.ReleaseJobs()
	acctest.Until(t, "the group is there", func() bool { return len(s.server.SnapshotGroups()) == 1 })

	// The CLI that was killed left its lock on the state.
	ours := s.only().UUID
	plan := acctest.MustRunCLI(t, workspace, 0, "plan", "-lock=false", "-no-color")
	for _, want := range []string{"exists already", "import {", "to = vmfork_zstack_snapshot.", fmt.Sprintf("id = %q", ours)} {
		if !strings.Contains(plan.Output, want) {
			t.Errorf("the plan after a kill does not say %q:\n%s", want, plan.Output)
		}
	}
	block := fmt.Sprintf("import {\n  to = vmfork_zstack_snapshot.before\n  id = %q\n}\n", ours)
	s.must(workspace.Write("main.tf", acctest.RequiredProviders+config+block))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-lock=false")
	if id, _ := acctest.InState(t, workspace, "vmfork_zstack_snapshot"); id != ours || s.only().UUID != ours {
		t.Errorf("state has %q after the adoption, and the VM the group %q; want %q", id, s.only().UUID, ours)
	}
	result := acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode", "-lock=false")
	if strings.Contains(result.Output, "exists already") {
		t.Errorf("a plan without a new group warns of one by that name:\n%s", result.Output)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-lock=false")
	s.must(s.groupsAre()(nil))
}
