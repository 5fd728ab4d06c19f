package clicommand

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program that is built from OpenTofu's module is OpenTofu, whatever its name; every other one is not.
func TestOfProcess_openTofu(t *testing.T) {
	t.Parallel()
	if ofProcess(t.Context(), os.Getpid()).OpenTofu {
		t.Error("the test program is taken for OpenTofu")
	}
	for module, want := range map[string]bool{"github.com/opentofu/opentofu": true, "example.com/tofu": false} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			id := started(t, module)
			if got := ofProcess(t.Context(), id); got.OpenTofu != want || got.Name != "plan" {
				t.Errorf("got %+v, want OpenTofu %t", got, want)
			}
		})
	}
}

// started builds a program of a module under the name terraform, starts its plan and returns its process. The program ends with its input.
func started(t *testing.T, module string) int {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module " + module + "\n\ngo 1.26\n",
		"main.go": "package main\n\nimport \"os\"\n\nfunc main() { _, _ = os.Stdin.Read(make([]byte, 1)) }\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", "terraform", ".")
	build.Dir, build.Env = folder, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	program := exec.CommandContext(ctx, filepath.Join(folder, "terraform"), "plan")
	input, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = program.Wait()
		stop()
	})

	return program.Process.Pid
}
