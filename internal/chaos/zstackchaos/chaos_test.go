package zstackchaos_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/zstackchaos"
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
		"lost with its effect": {1, nil},
		"killed and lost":      {2, nil},
		"interrupted":          {3, nil},
		"lost answers":         {4, []string{"dropped after the effect", "status 504", "session expires mid-job"}},
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
