package launcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// The environment that tells a launcher what to do.
const (
	providerVariable = "VMFORK_BENCH_PROVIDER" // the program to start
	folderVariable   = "VMFORK_BENCH_USAGE"    // where to write
)

const (
	begun = ".begun"
	ended = ".ended"
)

// Usage is what providers took of the machine.
type Usage struct {
	CPU       time.Duration `json:"cpu_ns"`       // in user and in kernel mode, of all of them
	Memory    int64         `json:"memory_bytes"` // the largest resident set that any of them had
	Processes int           `json:"processes"`
}

// Environment is what a CLI needs in its environment so that launchers start the provider and write to the folder.
func Environment(provider, folder string) []string {
	return []string{providerVariable + "=" + provider, folderVariable + "=" + folder}
}

// Launch starts the provider that the environment names, with the arguments, waits for its end, and writes down its usage. It
// returns the provider's exit code. Signals are the provider's to handle.
func Launch(args []string) (int, error) {
	folder := os.Getenv(folderVariable)
	file := filepath.Join(folder, strconv.Itoa(os.Getpid()))
	if err := os.WriteFile(file+begun, nil, 0o600); err != nil {
		return 1, fmt.Errorf("beginning to account: %w", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM) // and never read: the provider gets them too
	defer signal.Stop(signals)

	runtime.LockOSThread() // which the provider must not outlive
	defer runtime.UnlockOSThread()
	provider := exec.Command(os.Getenv(providerVariable), args...) //nolint:noctx // it ends when the CLI says so
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	provider.SysProcAttr = tied()
	err := provider.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 1, fmt.Errorf("running the provider: %w", err)
	}

	text, err := json.Marshal(Usage{
		CPU:    provider.ProcessState.UserTime() + provider.ProcessState.SystemTime(),
		Memory: residentSet(provider.ProcessState), Processes: 1,
	})
	if err == nil {
		err = os.WriteFile(file+ended, text, 0o600)
	}
	if err != nil {
		return 1, fmt.Errorf("accounting: %w", err)
	}

	return provider.ProcessState.ExitCode(), nil
}

// residentSet is the largest resident set that a process had, in bytes.
func residentSet(process *os.ProcessState) int64 {
	usage, is := process.SysUsage().(*syscall.Rusage)
	switch {
	case !is:
		return 0
	case runtime.GOOS == "darwin":
		return usage.Maxrss
	default:
		return usage.Maxrss << 10
	}
}

// ErrKilled says that a provider did not end by itself in the two seconds that the CLI gives it: what it took is not known.
var ErrKilled = errors.New("the CLI killed a provider that did not end by itself")

// Collect returns what the providers took that wrote to the folder, all of them together, and empties the folder. Its error is
// [ErrKilled] when one began and did not end.
func Collect(folder string) (Usage, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return Usage{}, fmt.Errorf("reading accounts: %w", err)
	}
	var all Usage
	started := 0
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		switch filepath.Ext(path) {
		case begun:
			started++
		case ended:
			text, err := os.ReadFile(path)
			var one Usage
			if err == nil {
				err = json.Unmarshal(text, &one)
			}
			if err != nil {
				return Usage{}, fmt.Errorf("reading an account: %w", err)
			}
			all.CPU += one.CPU
			all.Memory = max(all.Memory, one.Memory)
			all.Processes += one.Processes
		}
		if err := os.Remove(path); err != nil {
			return Usage{}, fmt.Errorf("clearing accounts: %w", err)
		}
	}
	if started != all.Processes {
		return all, ErrKilled
	}

	return all, nil
}
