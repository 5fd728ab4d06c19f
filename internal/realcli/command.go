package realcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// Result is what a command of the CLI printed and how it ended.
type Result struct {
	Output   string // standard output and standard error, as they came
	ExitCode int    // -1 where a signal ended it
}

// Command is a CLI that runs. It leads a process group of its own, in which its providers are too.
type Command struct {
	process *exec.Cmd
	output  *Buffer
	done    chan struct{}
	result  Result
	err     error
}

// Run runs one command, such as "apply", "-auto-approve", to its end. An exit code other than 0 is not an error.
func (w *Workspace) Run(ctx context.Context, args ...string) (Result, error) {
	command, err := w.Start(ctx, nil, args...)
	if err != nil {
		return Result{}, err
	}

	return command.Wait()
}

// Start starts a command whose output is also copied to mirror, unless that is nil. When ctx ends, the whole process
// group is killed.
func (w *Workspace) Start(ctx context.Context, mirror io.Writer, args ...string) (*Command, error) {
	c := &Command{process: exec.CommandContext(ctx, w.CLI, args...), output: &Buffer{mirror: mirror}, done: make(chan struct{})}
	c.process.Dir = w.Dir
	c.process.Env = w.environment()
	c.process.Stdout, c.process.Stderr = c.output, c.output
	c.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.process.Cancel = func() error { return c.SignalGroup(syscall.SIGKILL) }
	if err := c.process.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", w.CLI, err)
	}
	go func() {
		defer close(c.done)
		err := c.process.Wait()
		c.result = Result{Output: c.output.String(), ExitCode: c.process.ProcessState.ExitCode()}
		if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
			c.err = fmt.Errorf("running %s: %w", w.CLI, err)
		}
	}()

	return c, nil
}

// Wait returns when the command has ended.
func (c *Command) Wait() (Result, error) {
	<-c.done

	return c.result, c.err
}

// Done is closed when the command has ended.
func (c *Command) Done() <-chan struct{} { return c.done }

// Output returns what the command has printed so far.
func (c *Command) Output() string { return c.output.String() }

// PID returns the CLI's process id, which is that of its process group too.
func (c *Command) PID() int { return c.process.Process.Pid }

// Signal sends a signal to the CLI alone, as `kill` does.
func (c *Command) Signal(signal os.Signal) error {
	if err := c.process.Process.Signal(signal); err != nil {
		return fmt.Errorf("sending %s to the CLI: %w", signal, err)
	}

	return nil
}

// SignalGroup sends a signal to the CLI and its providers, as a terminal does on Ctrl-C and a CI runner when it stops
// a job.
func (c *Command) SignalGroup(signal syscall.Signal) error {
	if err := syscall.Kill(-c.process.Process.Pid, signal); err != nil {
		return fmt.Errorf("sending %s to the CLI's process group: %w", signal, err)
	}

	return nil
}

// Buffer collects what a process prints. It may be read while it grows. The zero value is empty.
type Buffer struct {
	mu     sync.Mutex
	bytes  bytes.Buffer
	mirror io.Writer
}

// Write implements io.Writer.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mirror != nil {
		if _, err := b.mirror.Write(p); err != nil {
			return 0, fmt.Errorf("copying the CLI's output: %w", err)
		}
	}

	n, _ := b.bytes.Write(p) // a bytes.Buffer does not fail

	return n, nil
}

// String returns what was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.bytes.String()
}
