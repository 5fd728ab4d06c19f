package acctest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Adversary runs random faults (package chaos) on one platform in tests.
type Adversary struct {
	Platform string // as `go run ./internal/cmd/chaos -platform` calls it
	Start    chaos.Start
}

// ChaosRun is a run that follows from its seed.
type ChaosRun struct {
	Seed   uint64
	Faults []string // nil: any
}

func (a Adversary) run(tb testing.TB, provider string, chosen ChaosRun) chaos.Report {
	tb.Helper()
	settings := chaos.Settings{
		CLI: os.Getenv("TF_ACC_TERRAFORM_PATH"), Provider: provider, Start: a.Start, Faults: chosen.Faults,
	}
	report, err := chaos.Run(tb.Context(), settings, tb.TempDir(), chosen.Seed)
	if err != nil {
		tb.Fatal(err)
	}

	return report
}

// Survives fails a test for each invariant that is violated in the runs, and for a run in which nothing strikes.
func (a Adversary) Survives(t *testing.T, runs map[string]ChaosRun) {
	t.Helper()
	provider := BuildProvider(t)
	for name, chosen := range runs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := a.run(t, provider, chosen)
			if !slices.ContainsFunc(report.Strikes, func(strike chaos.Struck) bool { return strike.Met }) {
				t.Errorf("seed %d is worth nothing: nothing struck: %v", chosen.Seed, report.Strikes)
			}
			for _, violation := range report.Violations {
				t.Errorf("%s\n%v\nRepeat it: go run ./internal/cmd/chaos -platform %s -seed %d -faults %q -v", violation, report.Strikes,
					a.Platform, chosen.Seed, strings.Join(chosen.Faults, ","))
			}
		})
	}
}

// FindsPlantedBug builds a provider that does not settle what is interrupted, and fails the test unless the run sees that
// machines are orphaned.
func (a Adversary) FindsPlantedBug(tb testing.TB, chosen ChaosRun) {
	tb.Helper()
	provider := filepath.Join(tb.TempDir(), "terraform-provider-vmfork")
	if err := realcli.Build(tb.Context(), "", provider, "-tags=chaos_no_settle"); err != nil {
		tb.Fatal(err)
	}
	report := a.run(tb, provider, chosen)
	if !slices.ContainsFunc(report.Violations, func(violation chaos.Violation) bool { return violation.Invariant == 1 }) {
		tb.Errorf("a provider that forgets what is interrupted passed: %v, %v", report.Strikes, report.Violations)
	}
}
