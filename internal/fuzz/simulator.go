package fuzz

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Watchdog is how long a call may take before it counts as hanging. It is no measure of speed: a call takes milliseconds.
const Watchdog = time.Minute

// simulated is a running simulator.
type simulated struct {
	command  *exec.Cmd
	stderr   realcli.Buffer
	client   http.Client
	watchdog time.Duration
	access   struct {
		VSphere struct {
			Endpoint, Username, Password string
		}
		ZStack struct {
			Endpoint    string
			AccountName string `json:"account_name"`
			Password    string
		}
	}
}

// start runs the program and waits until it serves.
func start(ctx context.Context, program string, watchdog time.Duration) (*simulated, error) {
	s := &simulated{client: http.Client{Timeout: watchdog}, watchdog: watchdog}
	s.command = exec.CommandContext(ctx, program, "-stdin=false", "-insecure-http", "-vms", "4", "-task-duration", "0s")
	s.command.Stderr = &s.stderr
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.access)
	}
	if err != nil {
		s.kill()

		return nil, fmt.Errorf("the simulator does not serve: %w\n%s", err, s.stderr.String())
	}

	return s, nil
}

func (s *simulated) kill() {
	_ = s.command.Process.Kill()
	_ = s.command.Wait()
}

// end signals the process and waits for its end, which must come without a complaint.
func (s *simulated) end() error {
	s.client.CloseIdleConnections()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("SIGTERM: %w: the process has ended by itself\n%s", err, s.stderr.String())
	}
	hangs := time.AfterFunc(s.watchdog, func() { _ = s.command.Process.Signal(syscall.SIGQUIT) })
	defer hangs.Stop()
	err := s.command.Wait()
	if err != nil || s.stderr.String() != "" {
		return fmt.Errorf("after SIGTERM: %w\n%s", errors.Join(errUnclean, err), s.stderr.String())
	}

	return nil
}

var errUnclean = errors.New("the process did not end by itself")

// dump makes the process print its goroutines, which ends it.
func (s *simulated) dump() string {
	_ = s.command.Process.Signal(syscall.SIGQUIT)
	_ = s.command.Wait()

	return s.stderr.String()
}

// answer is what a call brought.
type answer struct {
	status int
	body   []byte
	header http.Header
}

// send sends a request and reads its answer.
func (s *simulated) send(request *http.Request) (answer, error) {
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it was read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("half an answer: %w", err)
	}

	return answer{response.StatusCode, body, response.Header}, nil
}

// read reads JSON from an address of the simulator.
func (s *simulated) read(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	got, err := s.send(request)
	if err == nil {
		err = json.Unmarshal(got.body, into)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}

	return nil
}
