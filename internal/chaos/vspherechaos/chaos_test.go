package vspherechaos_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/vspherechaos"
)

func TestMain(m *testing.M) { acctest.Main(m) }

var adversary = acctest.Adversary{Platform: "vsphere", Start: vspherechaos.Start}

// TestChaos is a small part of `make chaos`: nothing is lost, whatever strikes.
func TestChaos(t *testing.T) {
	t.Parallel()
	adversary.Survives(t, map[string]acctest.ChaosRun{
		"interrupted":          {Seed: 3, Faults: []string{"task hangs and SIGINT"}},
		"killed and restarted": {Seed: 2},
		"lost answers":         {Seed: 3, Faults: []string{"dropped after the effect", "status 504", "session expires mid-task"}},
		"names are taken":      {Seed: 3, Faults: []string{"lookalike takes the name"}},
		"others' objects":      {Seed: 3, Faults: []string{"lookalike at a lost answer"}},
		"other ids":            {Seed: 313, Faults: []string{"re-registered behind our back", "inaccessible", "inaccessible before", "vCenter restored before"}},
		"unreadable":           {Seed: 322, Faults: []string{"inaccessible", "inaccessible before"}},
		"fail-overs":           {Seed: 12, Faults: []string{"fails over", "failed over before"}},
		"behind our back":      {Seed: 4, Faults: []string{"renamed behind our back", "powered behind our back", "deleted behind our back"}},
	})
}

// TestChaos_findsPlantedBug shows that the suite sees what a provider that does not settle leaves behind.
func TestChaos_findsPlantedBug(t *testing.T) {
	t.Parallel()
	const seed = 3 // holds a clone when it strikes
	adversary.FindsPlantedBug(t, acctest.ChaosRun{Seed: seed, Faults: []string{"task hangs and SIGINT"}})
}
