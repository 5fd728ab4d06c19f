package fuzz_test

import (
	"path/filepath"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/fuzz"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// TestSimulators tries every method and every path once, by the built program. `make fuzz` does so a thousand times.
func TestSimulators(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "simulator")
	if err := realcli.Build(t.Context(), "internal/cmd/simulator", program); err != nil {
		t.Fatal(err)
	}
	if err := fuzz.Run(t.Context(), fuzz.Options{
		Program: program, Seed: 1, Calls: 1, Episode: -1, Watchdog: fuzz.Watchdog, Note: t.Logf,
	}); err != nil {
		t.Error(err)
	}
}
