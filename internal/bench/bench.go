package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Report is what was measured.
type Report struct {
	Machine  Machine  `json:"machine"`
	Programs []Binary `json:"programs"`
	Runs     []Run    `json:"runs"`
	// Failures are the errors of cases that could not be measured.
	Failures []string `json:"failures,omitempty"`
}

// Machine describes the machine on which the bench ran.
type Machine struct {
	Go   string `json:"go"`
	CPUs int    `json:"cpus"`
	OS   string `json:"os"`
	CLI  string `json:"cli"`
}

// Binary is the size and the start-up time of a provider's program.
type Binary struct {
	Subject Subject         `json:"subject"`
	Size    int64           `json:"size_bytes"`
	Starts  []time.Duration `json:"starts_ns"` // from its start to its handshake
}

// Build builds what measurements run, into a folder, as it is released. Where profiles names a folder, the provider's processes
// each leave a profile of their CPU time there.
func Build(ctx context.Context, folder, profiles string) (Programs, error) {
	programs := Programs{
		Provider: filepath.Join(folder, "provider"), Bare: filepath.Join(folder, "bare"), Launcher: filepath.Join(folder, "launcher"),
	}
	shape := filepath.Join(folder, "shape.json")
	flags := []string{"-trimpath", "-ldflags=-s -w -X main.shape=" + shape}
	if profiles != "" {
		flags = []string{
			"-trimpath", "-tags=profiled",
			"-ldflags=-X github.com/vmfork/terraform-provider-vmfork/internal/profile.folder=" + profiles + " -X main.shape=" + shape,
		}
	}
	for output, pkg := range map[string]string{
		programs.Provider: "", programs.Bare: "internal/cmd/bench/bare", programs.Launcher: "internal/cmd/bench/launcher",
		shape + ".program": "internal/cmd/provider-schema",
	} {
		if err := realcli.Build(ctx, pkg, output, flags...); err != nil {
			return Programs{}, err
		}
	}
	text, err := exec.CommandContext(ctx, shape+".program").Output()
	if err == nil {
		err = os.WriteFile(shape, text, 0o600)
	}
	if err != nil {
		return Programs{}, fmt.Errorf("describing the provider's shape: %w", err)
	}
	programs.CLI, err = realcli.Find(ctx, folder)

	return programs, err
}

// Describe describes this machine and the programs.
func Describe(ctx context.Context, programs Programs) Machine {
	machine := Machine{Go: runtime.Version(), CPUs: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, CLI: "unknown"}
	if text, err := exec.CommandContext(ctx, programs.CLI, "version", "-json").Output(); err == nil {
		var told struct {
			Version string `json:"terraform_version"`
		}
		if json.Unmarshal(text, &told) == nil {
			machine.CLI = filepath.Base(programs.CLI) + " " + told.Version
		}
	}

	return machine
}

// Run measures the cases of the settings below the folder dir, and writes its progress. After each case it calls report with what
// was measured so far. A case that fails is reported and skipped; the error is that of a ctx that ended.
func (r *Report) Run(ctx context.Context, dir string, programs Programs, settings Settings, progress io.Writer, report func()) error {
	cases := settings.Cases()
	for i, c := range cases {
		repeats := settings.repeats(c)
		for repetition := range repeats {
			start := time.Now()
			runs, err := Measure(ctx, dir, programs, settings.Subjects, c, settings.Trace)
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted: %w", context.Cause(ctx))
			}
			r.Runs = append(r.Runs, runs...)
			outcome := "ok"
			if err != nil {
				r.Failures = append(r.Failures, err.Error())
				outcome = "FAILED: " + strings.TrimSpace(err.Error())
			}
			_, _ = fmt.Fprintf(progress, "[%d/%d] %s, %d of %d: %.1f s, %s\n",
				i+1, len(cases), c, repetition+1, repeats, time.Since(start).Seconds(), outcome)
		}
		report()
	}

	return nil
}
