package zstackchaos_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/zstackchaos"
)

func TestMain(m *testing.M) { acctest.Main(m) }

var adversary = acctest.Adversary{Platform: "zstack", Start: zstackchaos.Start}

// TestChaos is a small part of `make chaos`: nothing is lost, whatever strikes.
func TestChaos(t *testing.T) {
	t.Parallel()
	adversary.Survives(t, map[string]acctest.ChaosRun{
		"interrupted":           {Seed: 2, Faults: []string{"SIGINT to the CLI", "job hangs and SIGINT", "SIGTERM to the group"}},
		"killed":                {Seed: 3, Faults: []string{"provider killed"}},
		"lost answers and jobs": {Seed: 4, Faults: []string{"dropped after the effect", "status 504", "job lost with its effect", "job is purged"}},
		"others' objects":       {Seed: 2, Faults: []string{"lookalike at a lost answer"}},
		"others' at lost jobs":  {Seed: 2, Faults: []string{"lookalike at a lost job"}},
		"behind our back":       {Seed: 5, Faults: []string{"renamed behind our back", "powered behind our back", "destroyed behind our back"}},
	})
}

// TestChaos_findsPlantedBug shows that the suite sees what a provider that does not settle leaves behind.
func TestChaos_findsPlantedBug(t *testing.T) {
	t.Parallel()
	const seed = 2 // holds a clone when it strikes
	adversary.FindsPlantedBug(t, acctest.ChaosRun{Seed: seed, Faults: []string{"job hangs and SIGINT"}})
}
