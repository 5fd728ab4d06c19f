package bench_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sampleReport has two scenarios: one with all subjects at two sizes, where repetitions differ, and one of the provider alone.
func sampleReport() *bench.Report {
	report := &bench.Report{
		Machine: bench.Machine{Go: "go1.99", CPUs: 2, OS: "linux/amd64", CLI: "terraform 1.11.4"},
		Programs: []bench.Binary{
			{Subject: bench.Provider, Size: 32 << 20, Starts: []time.Duration{30e6, 10e6, 20e6}},
			{Subject: bench.Engine, Size: 31 << 20, Starts: []time.Duration{10e6, 10e6}},
		},
		Failures: []string{"apply of something: it broke"},
	}
	for _, n := range []int{100, 10} {
		for repetition := range 3 {
			for i, subject := range bench.Subjects() {
				run := bench.Run{
					Case:    bench.Case{Scenario: "vsphere_clone", N: n, Parallelism: 10, Task: 300e6, Latency: 20e6},
					Subject: subject,
				}
				for _, step := range bench.Steps() {
					sample := bench.Sample{
						Step: step, Requests: 2*n + repetition, ByMethod: map[string]int{"Rare": repetition, "Usual": 2 * n},
						Handshakes: 5, Wall: time.Duration(3-i)*time.Second + time.Duration(repetition)*100*time.Millisecond,
						SimulatorCPU: 500 * time.Millisecond,
					}
					if subject != bench.Floor {
						sample.CPU, sample.Memory = time.Duration(n*(6-i))*time.Millisecond, int64(60-10*i)<<20
					}
					run.Samples = append(run.Samples, sample)
				}
				report.Runs = append(report.Runs, run)
			}
		}
	}
	alone := bench.Run{
		Case:    bench.Case{Scenario: "vsphere_instant_clone", N: 10, Parallelism: 10, Task: 300e6, Latency: 20e6},
		Subject: bench.Provider,
	}
	for _, step := range bench.Steps() {
		alone.Samples = append(alone.Samples, bench.Sample{Step: step, Requests: 30, ByMethod: map[string]int{"Usual": 30}, Wall: time.Second})
	}
	report.Runs = append(report.Runs, alone)

	return report
}

func TestReport_texts(t *testing.T) {
	t.Parallel()
	report := sampleReport()
	var asJSON bytes.Buffer
	if err := report.WriteJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"report.md": report.Markdown(), "methods.md": report.ByMethod(), "empty.md": new(bench.Report).Markdown(),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}

	var read struct {
		bench.Report

		Summaries []bench.Summary `json:"summaries"`
	}
	if err := json.Unmarshal(asJSON.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(read.Report) != fmt.Sprint(*report) || fmt.Sprint(read.Summaries) != fmt.Sprint(report.Summaries()) {
		t.Errorf("read back from JSON: %+v", read)
	}
}

func TestSettings_cases(t *testing.T) {
	t.Parallel()
	all := bench.Settings{
		Scenarios: []string{"vsphere_clone", "vsphere_instant_clone"}, Objects: []int{1, 10, 100, 1000}, Parallelism: []int{10, 50},
		Tasks: []time.Duration{300e6, 0}, Latency: 20e6, Subjects: bench.Subjects(),
	}
	narrow := all
	narrow.Objects, narrow.Parallelism, narrow.Tasks = []int{10}, []int{10}, []time.Duration{300e6}
	long := all
	long.Long = true
	both := func(rest string) []string { return []string{"vsphere_clone " + rest, "vsphere_instant_clone " + rest} }
	upTo100 := slices.Concat(both("1/10 300ms"), both("10/10 300ms"), both("100/10 300ms"), both("100/50 300ms"), both("100/10 0s"))
	tests := map[string]struct {
		settings bench.Settings
		want     []string
	}{
		"narrow": {narrow, both("10/10 300ms")},
		"all":    {all, slices.Concat(upTo100, []string{"vsphere_clone 1000/10 300ms", "vsphere_clone 1000/50 300ms"})},
		"long":   {long, slices.Concat(upTo100, both("1000/10 300ms"), both("1000/50 300ms"))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range test.settings.Cases() {
				got = append(got, fmt.Sprintf("%s %d/%d %s", c.Scenario, c.N, c.Parallelism, c.Task))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("cases\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
