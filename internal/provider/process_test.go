package provider_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(recordVariable); folder != "" { // a CLI has started the test program as its provider
		if err := serveRecording(context.Background(), folder); err != nil { //nolint:forbidigo // the program's root
			panic(err)
		}

		return
	}
	acctest.Main(m)
}

// handshake is the environment variable by which the binary knows that a CLI started it.
const handshake = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// hanging only ends a wait for a process that hangs: it is far longer than anything takes on a busy machine.
const hanging = 5 * time.Minute

func TestProcess_version(t *testing.T) {
	t.Parallel()

	out, err := exec.CommandContext(t.Context(), acctest.BuildProvider(t), "-version").Output()
	if err != nil || string(out) != "terraform-provider-vmfork dev\n" {
		t.Errorf("printed %q, error %v", out, err)
	}
}

// TestProcess_ignoresSignals sends the signals that a terminal or a CI system sends to a process group. The provider must
// survive them: it may be creating a VM.
func TestProcess_ignoresSignals(t *testing.T) {
	t.Parallel()

	provider := exec.CommandContext(t.Context(), acctest.BuildProvider(t))
	network, address, _ := start(t, provider)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGTERM} {
		if err := provider.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	connection, err := (&net.Dialer{}).DialContext(t.Context(), network, address)
	if err != nil {
		t.Fatalf("the provider is gone: %v", err)
	}
	if err := connection.Close(); err != nil {
		t.Error(err)
	}
}

// TestProcess_leavesWithItsParent kills the process that started the provider. Nothing stops the provider then, and it ignores
// signals: it must exit by itself.
func TestProcess_leavesWithItsParent(t *testing.T) {
	t.Parallel()

	shell := exec.CommandContext(t.Context(), "sh", "-c", `"$0" & wait`, acctest.BuildProvider(t))
	_, _, output := start(t, shell)
	if err := shell.Process.Kill(); err != nil {
		t.Fatal(err)
	}

	// The pipe ends when its last writer, the provider, is gone.
	gone := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, output)
		gone <- err
	}()
	select {
	case err := <-gone:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(hanging):
		t.Errorf("the provider outlived its parent by %s", hanging)
	}
}

// start starts a provider and returns where it listens, and the rest of its output.
func start(t *testing.T, command *exec.Cmd) (network, address string, output io.Reader) {
	t.Helper()

	command.Env = append(command.Environ(), handshake, "PLUGIN_PROTOCOL_VERSIONS=6")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // the whole group; it may be gone
		_ = command.Wait()                                      // killed
	})

	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	if err != nil {
		t.Fatalf("the provider said %q: %v", line, err)
	}
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || parts[1] != "6" || parts[4] != "grpc" {
		t.Fatalf("unexpected handshake %q", line)
	}

	return parts[2], parts[3], reader
}
