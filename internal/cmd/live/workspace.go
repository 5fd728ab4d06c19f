package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// workspace is the folder in which a CLI works with a platform's configuration.
type workspace struct {
	*realcli.Workspace

	log       string         // what the provider logs: each answer of the platform is a line
	variables map[string]any // of the configuration
	parts     []string       // its variable "make": what is to be there
	out       *proof
}

// newWorkspace prepares the folder.
func newWorkspace(ctx context.Context, dir, cli, provider string, on platform, out *proof) (*workspace, error) {
	text, variables, environment := on.configuration()
	in, err := realcli.NewWorkspace(dir, cli, provider)
	if err != nil {
		return nil, fmt.Errorf("prepare the working folder: %w", err)
	}
	w := &workspace{Workspace: in, log: filepath.Join(dir, "provider.log"), variables: variables, parts: []string{}, out: out}
	w.Env = append(slices.Clone(environment), "TF_LOG_PROVIDER=DEBUG", "TF_LOG_PATH="+w.log)
	if err := w.Write("main.tf", text); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}

	return w, w.succeed(ctx, "init")
}

// play changes the variables, does the step, and checks it. A step that fails is taken back, so that the next ones stand on what was there
// before.
func (w *workspace) play(ctx context.Context, s step) error {
	variables, parts := maps.Clone(w.variables), w.parts
	maps.Copy(w.variables, s.set)
	w.parts = append(slices.Clone(w.parts), s.adds...)
	err := w.do(ctx, s)
	if err != nil && len(s.adds)+len(s.set) > 0 && ctx.Err() == nil {
		w.variables, w.parts = variables, parts
		if undone := errors.Join(w.save(), w.succeed(ctx, "apply", "-auto-approve")); undone != nil {
			err = errors.Join(err, fmt.Errorf("taking it back: %w", undone))
		}
	}

	return err
}

func (w *workspace) do(ctx context.Context, s step) error {
	if err := w.save(); err != nil {
		return err
	}
	run := s.run
	if run == nil {
		run = applied
	}
	if err := run(ctx, w); err != nil {
		return err
	}
	if s.check == nil {
		return nil
	}

	return s.check(ctx)
}

// save writes the variables.
func (w *workspace) save() error {
	w.variables["make"] = w.parts
	text, err := json.Marshal(w.variables)
	if err != nil {
		return fmt.Errorf("write the variables: %w", err)
	}

	return w.Write("terraform.tfvars.json", string(text))
}

// applied applies the configuration; the next plan must be empty.
func applied(ctx context.Context, w *workspace) error {
	if err := w.succeed(ctx, "apply", "-auto-approve"); err != nil {
		return err
	}

	return w.plans(ctx, 0, "a plan right after the apply is not empty")
}

// destroyed destroys everything.
func destroyed(ctx context.Context, w *workspace) error {
	return w.succeed(ctx, "destroy", "-auto-approve")
}

// plans plans, and finds something wrong where the detailed exit code is another one.
func (w *workspace) plans(ctx context.Context, exitCode int, wrong string) error {
	result, err := w.cli(ctx, "plan", "-detailed-exitcode")
	if err == nil && result.ExitCode != exitCode {
		err = found{wrong, result.Output}
	}

	return err
}

// succeed runs a command that has to exit with 0.
func (w *workspace) succeed(ctx context.Context, args ...string) error {
	result, err := w.cli(ctx, args...)
	if err == nil && result.ExitCode != 0 {
		err = found{fmt.Sprintf("%s exited with %d", args[0], result.ExitCode), result.Output}
	}

	return err
}

// cli runs a command to its end. When ctx ends it is interrupted, as a terminal does, and not killed: what it was at must be known.
func (w *workspace) cli(ctx context.Context, args ...string) (realcli.Result, error) {
	command, err := w.begin(ctx, args...)
	if err != nil {
		return realcli.Result{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = command.SignalGroup(syscall.SIGINT) })
	defer stop()

	return ended(command)
}

func (w *workspace) begin(ctx context.Context, args ...string) (*realcli.Command, error) {
	var mirror io.Writer
	if w.out.verbose {
		mirror = w.out.out
	}
	args = append([]string{args[0], "-no-color"}, args[1:]...)
	command, err := w.Start(context.WithoutCancel(ctx), mirror, args...)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", args[0], err)
	}

	return command, nil
}

func ended(command *realcli.Command) (realcli.Result, error) {
	result, err := command.Wait()
	if err != nil {
		return result, fmt.Errorf("run the CLI: %w", err)
	}

	return result, nil
}

// interrupted presses Ctrl-C in an apply once the platform has answered the API method, and applies again.
func interrupted(method string) func(context.Context, *workspace) error {
	return func(ctx context.Context, w *workspace) error {
		before := w.answers(method)
		command, err := w.begin(ctx, "apply", "-auto-approve")
		if err != nil {
			return err
		}
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for waiting := true; waiting; {
			select {
			case <-command.Done():
				waiting = false // it was too quick, or failed: the apply below tells
			case <-ctx.Done():
				waiting = false
			case <-tick.C:
				waiting = w.answers(method) == before
			}
		}
		_ = command.SignalGroup(syscall.SIGINT) // it may have ended by itself
		if _, err := ended(command); err != nil {
			return err
		}

		return applied(ctx, w)
	}
}

// requests counts the requests that the platform has answered so far.
func (w *workspace) requests() int { return w.answers("") }

// answers counts the answers to an API method so far; the provider logs each. Empty counts all.
func (w *workspace) answers(method string) int {
	text, err := os.ReadFile(w.log)
	if err != nil {
		return 0 // nothing was logged yet
	}
	count := 0
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte(" answered: ")) && bytes.Contains(line, []byte(method)) {
			count++
		}
	}

	return count
}
