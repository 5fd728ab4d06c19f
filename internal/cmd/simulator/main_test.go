package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// program is the built simulator, for all tests.
var program = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryFolder, "simulator")
	if output, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}

	return binary, nil
})

var binaryFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "simulator-test-")
	if err != nil {
		panic(err)
	}
	binaryFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func TestServesUntilStandardInputCloses(t *testing.T) {
	t.Parallel()
	simulator := start(t)
	if simulator.access.VSphere.Thumbprint == "" || !strings.HasPrefix(simulator.access.VSphere.Endpoint, "127.0.0.1:") ||
		simulator.access.ZStack.CACertificate == "" || !strings.HasPrefix(simulator.access.ZStack.Endpoint, "127.0.0.1:") {
		t.Errorf("got %+v", simulator.access)
	}
	simulator.wantVMs(t, 21) // 20 and the template
	simulator.wantZone(t)
	if err := simulator.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	simulator.wantEnd(t, 0)
}

func TestServesUntilSignalled(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		simulator := start(t, "-vms", "2", "-stdin=false", "-task-duration", "1h")
		// Without -stdin=false the closed input would end it, with an exit code of 0 as well: see that it still serves.
		if err := simulator.stdin.Close(); err != nil {
			t.Fatal(err)
		}
		simulator.wantVMs(t, 3)
		if err := simulator.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		simulator.wantEnd(t, 0)
	}
}

func TestServesPlainHTTP(t *testing.T) {
	t.Parallel()
	simulator := start(t, "-vms", "0", "-insecure-http")
	if simulator.access.VSphere.Thumbprint != "" || !strings.HasPrefix(simulator.access.VSphere.Endpoint, "http://127.0.0.1:") ||
		simulator.access.ZStack.CACertificate != "" || !strings.HasPrefix(simulator.access.ZStack.Endpoint, "http://127.0.0.1:") {
		t.Errorf("got %+v", simulator.access)
	}
	simulator.wantVMs(t, 1)
	simulator.wantZone(t)
	if err := simulator.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	simulator.wantEnd(t, 0)
}

func TestEndsAtOnceWithoutInput(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	simulator := launch(t, null)
	simulator.readLine(t)
	simulator.wantEnd(t, 0)
	if !strings.Contains(simulator.stderr.String(), "-stdin=false") {
		t.Errorf("it does not say how to keep it: %q", simulator.stderr)
	}
}

func TestRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	taken := start(t, "-vms", "1")
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown flag":            {[]string{"-no-such"}, exitUsage, "no-such"},
		"argument":                {[]string{"stray"}, exitUsage, "stray"},
		"negative VMs":            {[]string{"-vms", "-3"}, exitUsage, "-vms"},
		"negative latency":        {[]string{"-latency", "-3s"}, exitUsage, "-latency"},
		"negative task":           {[]string{"-task-duration", "-3s"}, exitUsage, "-task-duration"},
		"vCenter's address taken": {[]string{"-vsphere", taken.access.VSphere.Endpoint}, exitFailure, taken.access.VSphere.Endpoint},
		"ZStack's address taken":  {[]string{"-zstack", taken.access.ZStack.Endpoint}, exitFailure, taken.access.ZStack.Endpoint},
		"bad address of vCenter":  {[]string{"-vsphere", "nonsense"}, exitFailure, "nonsense"},
		"bad address of ZStack":   {[]string{"-zstack", "nonsense"}, exitFailure, "nonsense"},
		"help":                    {[]string{"-h"}, 0, "-task-duration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simulator := launch(t, nil, test.args...)
			simulator.wantEnd(t, test.code)
			if !strings.Contains(simulator.stderr.String(), test.says) {
				t.Errorf("stderr %q, want %q in it", simulator.stderr, test.says)
			}
		})
	}
}
