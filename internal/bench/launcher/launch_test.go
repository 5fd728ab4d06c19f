package launcher_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/launcher"
)

// role is the environment variable that makes this test's program act as a launcher or a provider.
const role = "LAUNCHER_TEST_ROLE"

// What a worker takes at least.
const (
	cpu    = 50 * time.Millisecond
	memory = 64 << 20 // bytes
)

// TestMain acts as a launcher or a provider where a test asks for one.
func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "launcher":
		// The first argument says how the provider behaves.
		if err := os.Setenv(role, os.Args[1]); err != nil {
			panic(err)
		}
		code, err := launcher.Launch(os.Args[1:])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	case "worker": // takes some time and memory, copies its input and fails
		ballast := make([]byte, memory)
		for usage := (syscall.Rusage{}); usage.Utime.Nano()+usage.Stime.Nano() < cpu.Nanoseconds(); {
			for i := range ballast {
				ballast[i]++
			}
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
				panic(err)
			}
		}
		_, _ = io.Copy(os.Stdout, os.Stdin)
		_, _ = fmt.Fprint(os.Stdout, os.Args[2:])
		os.Exit(3)
	case "hanging": // ends when the test kills it, long before it would end by itself
		_, _ = fmt.Fprintln(os.Stdout, "here")
		<-time.After(time.Minute) // select {} would end at once where the runtime finds nothing else that could go on
	}
}

// launched is a launcher in a process of its own, with this program as the provider.
func launched(t *testing.T, folder string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(os.Environ(), append(launcher.Environment(program, folder), role+"=launcher")...)

	return command
}

func TestLaunch(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for range 2 {
		command := launched(t, folder, "worker", "an argument")
		command.Stdin = strings.NewReader("input ")
		output, err := command.Output()
		if string(output) != "input [an argument]" {
			t.Errorf("the provider printed %q", output)
		}
		if exit, failed := errors.AsType[*exec.ExitError](err); !failed || exit.ExitCode() != 3 {
			t.Errorf("it ended with %v, want the provider's exit code 3", err)
		}
	}

	usage, err := launcher.Collect(folder)
	if err != nil {
		t.Fatal(err)
	}
	if usage.Processes != 2 || usage.CPU < 2*cpu || usage.Memory < memory || usage.Memory > 100*memory {
		t.Errorf("%+v, want two processes with %s of CPU each and %d bytes", usage, cpu, memory)
	}
	if usage, err = launcher.Collect(folder); err != nil || usage != (launcher.Usage{}) {
		t.Errorf("%+v, %v of an empty folder", usage, err)
	}
}

func TestLaunch_killed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command := launched(t, folder, "hanging")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); line != "here\n" {
		t.Fatalf("the provider said %q, %v", line, err)
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := lines.ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Errorf("%v, want the end of the provider", err)
	}
	_ = command.Wait()

	if usage, err := launcher.Collect(folder); !errors.Is(err, launcher.ErrKilled) {
		t.Errorf("%+v, %v, want that it was killed", usage, err)
	}
}

func TestLaunch_noProvider(t *testing.T) {
	t.Parallel()
	command := launched(t, t.TempDir(), "worker")
	command.Env = append(command.Env, launcher.Environment("/no/such/provider", t.TempDir())...)
	output, err := command.CombinedOutput()
	if exit, failed := errors.AsType[*exec.ExitError](err); !failed || exit.ExitCode() != 1 {
		t.Errorf("%v: %s", err, output)
	}
}
