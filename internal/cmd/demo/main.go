// Command demo shows what the provider does on an embedded vCenter and an embedded ZStack, in two minutes. It needs Go and a
// Terraform or OpenTofu CLI:
//
//	go run ./internal/cmd/demo
//
// It builds the provider and the simulator, starts the simulator as a process of its own, and lets a real CLI plan,
// apply, repair, be interrupted, and destroy. After each step it looks into the simulator's inventory, past Terraform
// and past the provider, and checks what the step says. It exits with 0 when every check holds, 1 when one does
// not, and 130 when it was interrupted. It leaves no file and no process behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130

	// limit ends a demo that hangs.
	limit = 20 * time.Minute
)

func main() {
	verbose := flag.Bool("v", false, "show everything that the CLI prints")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "unexpected argument %q\n", flag.Arg(0))
		flag.Usage()
		os.Exit(exitUsage)
	}
	signal.Ignore(syscall.SIGPIPE) // when the reader of the output is gone, there is still something to clean up
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Stdout, *verbose)
	stop()
	os.Exit(code)
}

// run runs the demo in a temporary folder, prints the summary, and returns the exit code.
func run(parent context.Context, out io.Writer, verbose bool) int {
	interrupted, interrupt := context.WithCancel(parent)
	defer interrupt()
	ctx, cancel := context.WithTimeout(interrupted, limit)
	defer cancel()
	say := &narrator{out: out, verbose: verbose, onWriteError: interrupt}
	folder, err := os.MkdirTemp("", "vmfork-demo-")
	if err != nil {
		say.line("The demo needs a temporary folder: %v", err)

		return exitFailure
	}
	defer func() {
		if err := os.RemoveAll(folder); err != nil {
			say.line("The temporary folder is left behind: %v", err)
		}
	}()

	if err := os.Setenv("TMPDIR", folder); err != nil { // for the sockets of killed providers
		say.line("The demo can't set its temporary folder: %v", err)

		return exitFailure
	}

	checks := &checklist{say: say}
	began := time.Now()
	err = play(ctx, folder, say, checks)
	switch {
	case interrupted.Err() != nil:
		say.line("\nInterrupted. Nothing of the demo is left running.")

		return exitInterrupted
	case err != nil:
		checks.fail("%v", err)
	}
	checks.summary(time.Since(began))
	if checks.failed() {
		return exitFailure
	}

	return 0
}

// play prepares the programs and runs the steps until a check fails.
func play(ctx context.Context, folder string, say *narrator, checks *checklist) (err error) {
	d := &demo{say: say, checks: checks, folder: folder}
	say.step("Build the provider and the simulator, and start the simulator")
	if err := d.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.simulator.stop()) }()
	for _, step := range d.steps() {
		say.step(step.title)
		if err := step.run(ctx); err != nil {
			return err
		}
		if checks.failed() {
			return nil
		}
	}

	return nil
}

// path names a file of the demo's folder.
func (d *demo) path(name string) string { return filepath.Join(d.folder, name) }
