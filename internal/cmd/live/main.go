// Command live proves the provider on a REAL vCenter, a REAL ZStack, or both, in about ten minutes. It needs Go, a Terraform or OpenTofu
// CLI, the environment variables with which the provider logs in (VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD; ZSTACK_HOST and a login),
// and something small to clone:
//
//	go run ./internal/cmd/live -folder /DC/vm/team/vmfork-live -vm /DC/vm/team/small
//	go run ./internal/cmd/live -zstack-vm 20debd9bc9594d70b1ec81d7d31b29cc
//
// It builds the provider and has a real CLI clone, fork, snapshot, rename, move, repair, be interrupted and destroy, and looks past both
// at what the platform has then. It also asks the platform what no documentation tells (the questions). On vSphere it works in the one
// folder, which must be empty; on ZStack on machines of its own names. The machine to clone is read, and never changed. The program asks
// before it begins, takes away whatever it made, also after Ctrl-C, and writes a report that holds no name, no address and no secret.
//
// The answers to two questions need a second login that may not see the machine: VMFORK_LIVE_VSPHERE_USER and
// VMFORK_LIVE_VSPHERE_PASSWORD, VMFORK_LIVE_ZSTACK_ACCOUNT_NAME and VMFORK_LIVE_ZSTACK_ACCOUNT_PASSWORD.
//
// It exits with 0 when every step passed and nothing is left, 1 when not, 2 when the command line or the environment is wrong, and 130
// when it was interrupted.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130

	// limit ends a run that hangs; cleaning has a limit of its own.
	limit = 2 * time.Hour
	// cleaningLimit ends the removal of what the run made.
	cleaningLimit = 15 * time.Minute
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the command line says.
type settings struct {
	folder, vm string // on vSphere
	zstackVM   string
	report     string
	yes        bool
	verbose    bool
}

// parse reads the command line, and tells what is wrong with it on stderr.
func parse(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("live", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.folder, "folder", "", "vSphere: inventory `path` of an empty VM folder, such as /DC/vm/team/vmfork-live")
	flags.StringVar(&set.vm, "vm", "", "vSphere: inventory `path` of a small VM to clone")
	flags.StringVar(&set.zstackVM, "zstack-vm", "", "ZStack: `uuid` of a small VM to clone")
	flags.StringVar(&set.report, "report", "vmfork-live.md", "`file` that the report is written to")
	flags.BoolVar(&set.yes, "yes", false, "begin without asking")
	flags.BoolVar(&set.verbose, "v", false, "show everything that the CLI prints")
	if err := flags.Parse(args); err != nil {
		return set, fmt.Errorf("parse the command line: %w", err)
	}
	err := set.check(flags.Args())
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "live:", err)
		flags.Usage()
	}

	return set, err
}

func (s settings) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case (s.folder == "") != (s.vm == ""):
		return errors.New("-folder and -vm belong together: on vSphere both are needed")
	case s.vm == "" && s.zstackVM == "":
		return errors.New("nothing to clone: give -folder and -vm for vSphere, -zstack-vm for ZStack")
	}

	return nil
}

// run proves what the command line asks for, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	set, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	platforms, err := set.platforms(os.Getenv)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "live:", err)

		return exitUsage
	}
	if !set.yes && !agreed(stdin, stdout, platforms) {
		_, _ = fmt.Fprintln(stdout, "Nothing was done.")

		return exitUsage
	}
	p := &proof{out: stdout, verbose: set.verbose}
	told := p.run(ctx, platforms)
	if err := os.WriteFile(set.report, []byte(told.text()), 0o600); err != nil {
		_, _ = fmt.Fprintln(stderr, "live: write the report:", err)

		return exitFailure
	}
	p.say("\n%s\nThe report is in %s. It holds no name, address or secret: read it, and send it along.", told.verdict(), set.report)
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case !told.passed():
		return exitFailure
	}

	return 0
}

// platforms returns the platforms that the command line names, with their logins from the environment.
func (s settings) platforms(getenv func(string) string) ([]platform, error) {
	prefix := newPrefix()
	var all []platform
	if s.vm != "" {
		vcenter, err := newVCenter(s.folder, s.vm, prefix, getenv)
		if err != nil {
			return nil, err
		}
		all = append(all, vcenter)
	}
	if s.zstackVM != "" {
		node, err := newManagementNode(s.zstackVM, prefix, getenv)
		if err != nil {
			return nil, err
		}
		all = append(all, node)
	}

	return all, nil
}

// agreed says what will be done and asks whether to begin.
func agreed(stdin io.Reader, stdout io.Writer, platforms []platform) bool {
	for _, each := range platforms {
		_, _ = fmt.Fprintln(stdout, each.intends())
	}
	_, _ = fmt.Fprint(stdout, "Begin? Only \"yes\" does: ")
	answer, _ := bufio.NewReader(stdin).ReadString('\n') // no answer is no

	return strings.TrimSpace(answer) == "yes"
}
