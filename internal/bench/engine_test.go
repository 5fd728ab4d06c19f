package bench

import (
	"maps"
	"testing"
)

// TestMeasure_engine applies the bare provider to each scenario. That its plan is empty afterwards is what the no-op plan checks.
func TestMeasure_engine(t *testing.T) {
	t.Parallel()
	programs, err := Build(t.Context(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, err := Measure(t.Context(), t.TempDir(), programs, []Subject{Engine}, Case{Scenario: name, N: 2, Parallelism: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			taken, accounted := map[Step]int{}, 0
			for _, sample := range runs[0].Samples {
				taken[sample.Step]++
				if sample.Requests != 0 || (sample.CPU > 0) != (sample.Memory > 0) {
					t.Errorf("%+v, want no requests, and CPU with memory", sample)
				}
				if sample.CPU > 0 { // unknown where the CLI kills a provider that ends late, as on a busy machine
					accounted++
				}
			}
			if accounted == 0 {
				t.Error("no step has CPU and memory")
			}
			if want := map[Step]int{Apply: 1, Refresh: 3, NoOp: 3, Update: 1, Destroy: 1}; !maps.Equal(taken, want) {
				t.Errorf("taken %v, want %v", taken, want)
			}
		})
	}
	for _, program := range []string{programs.Provider, programs.Bare} {
		binary, err := Inspect(t.Context(), Provider, program)
		if err != nil || binary.Size == 0 || len(binary.Starts) != started {
			t.Errorf("%+v, %v", binary, err)
		}
	}
}

// TestMeasure_fails leaves out a subject that can't be measured, and measures the others.
func TestMeasure_fails(t *testing.T) {
	t.Parallel()
	c := Case{Scenario: "zstack_clone", N: 1, Parallelism: 1}
	runs, err := Measure(t.Context(), t.TempDir(), Programs{}, []Subject{"unknown", Floor, Engine}, c, nil)
	if err == nil || len(runs) != 1 || runs[0].Subject != Floor {
		t.Errorf("%+v, %v, want the floor's run and the others' errors", runs, err)
	}
}
