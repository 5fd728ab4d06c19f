package zstackchaos_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/zstackchaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// settings are those of a run with the given provider.
func settings(provider string) chaos.Settings {
	return chaos.Settings{CLI: os.Getenv("TF_ACC_TERRAFORM_PATH"), Provider: provider, Start: zstackchaos.Start}
}

// TestChaos is a small part of `make chaos`: nothing is lost, whatever strikes.
func TestChaos(t *testing.T) {
	t.Parallel()
	provider := acctest.BuildProvider(t)
	for name, test := range map[string]struct {
		seed   uint64
		faults []string // nil: any
	}{
		"interrupted":           {2, []string{"SIGINT to the CLI", "job hangs and SIGINT", "SIGTERM to the group"}},
		"killed":                {3, []string{"provider killed"}},
		"lost answers and jobs": {4, []string{"dropped after the effect", "status 504", "job lost with its effect", "job is purged"}},
		"behind our back":       {5, []string{"renamed behind our back", "powered behind our back", "destroyed behind our back"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limited := settings(provider)
			limited.Faults = test.faults
			report, err := chaos.Run(t.Context(), limited, t.TempDir(), test.seed)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(report.Strikes, func(strike chaos.Struck) bool { return strike.Met }) {
				t.Errorf("seed %d is worth nothing: nothing struck: %v", test.seed, report.Strikes)
			}
			for _, violation := range report.Violations {
				t.Errorf("%s\n%v\nRepeat it: go run ./internal/cmd/chaos -platform zstack -seed %d -faults %q -v", violation, report.Strikes, test.seed,
					strings.Join(test.faults, ","))
			}
		})
	}
}

// TestChaos_findsPlantedBug builds a provider that does not settle what is interrupted: the suite must see that machines are
// orphaned.
func TestChaos_findsPlantedBug(t *testing.T) {
	t.Parallel()
	provider := filepath.Join(t.TempDir(), "terraform-provider-vmfork")
	if err := tfcli.Build(t.Context(), "", provider, "-tags=chaos_no_settle"); err != nil {
		t.Fatal(err)
	}
	planted := settings(provider)
	planted.Faults = []string{"job hangs and SIGINT"}
	const seed = 2 // holds a clone when it strikes
	report, err := chaos.Run(t.Context(), planted, t.TempDir(), seed)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(report.Violations, func(violation chaos.Violation) bool { return violation.Invariant == 1 }) {
		t.Errorf("a provider that forgets what is interrupted passed: %v, %v", report.Strikes, report.Violations)
	}
}
