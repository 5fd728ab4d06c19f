package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmware/govmomi/find"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	vcentersim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// What the tests' platforms are called: a report must hold none of it.
const (
	folder       = "/DC0/vm/secret-folder"
	source       = "DC0_C0_RP0_VM0"
	stranger     = "stranger"
	strangerWord = "not-for-everybody"
)

// live is the built program with a platform, or two, that it is run against.
type live struct {
	*testing.T

	program     string
	environment []string
	args        []string
	report      string
	private     []string
	before      []string // the machines on the platforms before the run

	vcenter *vcentersim.Server
	node    *zstacksim.Server
}

// newLive builds the program.
func newLive(t *testing.T) *live {
	t.Helper()
	dir := t.TempDir()
	l := &live{T: t, program: filepath.Join(dir, "live"), report: filepath.Join(dir, "report.md"), private: []string{"vmfork-live-"}}
	if err := realcli.Build(t.Context(), "internal/cmd/live", l.program); err != nil {
		t.Fatal(err)
	}

	return l
}

// onVSphere has the program run against a vCenter.
func (l *live) onVSphere() {
	l.Helper()
	l.vcenter = acctest.VSphere(l.T, vcentersim.Options{VMs: 2, TaskDuration: 500 * time.Millisecond})
	makeFolder(l.T, l.vcenter)
	l.args = append(l.args, "-folder", folder, "-vm", "/DC0/vm/"+source)
	l.environment = append(l.environment, "VSPHERE_SERVER="+l.vcenter.Endpoint(), "VSPHERE_USER="+l.vcenter.Username(),
		"VSPHERE_PASSWORD="+l.vcenter.Password(), "VSPHERE_ALLOW_UNVERIFIED_SSL=true")
	l.private = append(l.private, l.vcenter.Endpoint(), l.vcenter.Username(), l.vcenter.Password(), "secret-folder", source, "127.0.0.1")
	l.before = l.machines()
}

// makeFolder makes the folder that the program works in.
func makeFolder(t *testing.T, server *vcentersim.Server) {
	t.Helper()
	client := acctest.LogIn(t, server)
	defer func() { _ = client.Logout(context.WithoutCancel(t.Context())) }()
	parent, err := find.NewFinder(client.Client).Folder(t.Context(), filepath.Dir(folder))
	if err == nil {
		_, err = parent.CreateFolder(t.Context(), filepath.Base(folder))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// onZStack has the program run against a ZStack.
func (l *live) onZStack() {
	l.Helper()
	l.node = acctest.ZStack(l.T, zstacksim.Options{VMs: -1, TaskDuration: 200 * time.Millisecond})
	authority := filepath.Join(l.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, []byte(l.node.CACertificate()), 0o600); err != nil {
		l.Fatal(err)
	}
	golden := l.node.ID("vm", "golden")
	l.args = append(l.args, "-zstack-vm", golden)
	l.environment = append(l.environment, "SSL_CERT_FILE="+authority, "ZSTACK_HOST="+l.node.Endpoint(),
		"ZSTACK_ACCOUNT_NAME="+l.node.AccountName(), "ZSTACK_ACCOUNT_PASSWORD="+l.node.Password())
	l.private = append(l.private, golden, l.node.Endpoint(), l.node.Password(), "127.0.0.1")
	l.before = l.machines()
}

// machines lists what is on the platforms, in the recycle bin too.
func (l *live) machines() []string {
	var all []string
	if l.vcenter != nil {
		for _, vm := range l.vcenter.VMs() {
			all = append(all, vm.ID+" "+vm.Name+" "+vm.PowerState)
		}
	}
	if l.node != nil {
		for _, vm := range l.node.VMs() {
			all = append(all, vm.UUID+" "+vm.Name+" "+vm.State)
		}
	}
	slices.Sort(all)

	return all
}

// start starts the program, and returns it with what it prints.
func (l *live) start(args ...string) (*exec.Cmd, *strings.Builder) {
	l.Helper()
	program := exec.CommandContext(l.Context(), l.program, append(append(args, "-report", l.report), l.args...)...)
	program.Env = append(os.Environ(), l.environment...)
	var printed strings.Builder
	program.Stdout, program.Stderr = &printed, &printed
	if err := program.Start(); err != nil {
		l.Fatal(err)
	}

	return program, &printed
}

// ended waits for the program, and checks its exit code and that nothing is left on the platforms.
func (l *live) ended(program *exec.Cmd, printed *strings.Builder, exitCode int) {
	l.Helper()
	err := program.Wait()
	if exited := (&exec.ExitError{}); err != nil && !errors.As(err, &exited) {
		l.Fatal(err)
	}
	if got := program.ProcessState.ExitCode(); got != exitCode {
		l.Fatalf("it ended with %d, want %d:\n%s", got, exitCode, printed)
	}
	if left := l.machines(); !slices.Equal(left, l.before) {
		l.Errorf("the platforms have\n%s\nand had\n%s", strings.Join(left, "\n"), strings.Join(l.before, "\n"))
	}
}

// run runs the program to its end, and returns the report.
func (l *live) run(exitCode int, args ...string) string {
	l.Helper()
	program, printed := l.start(append(args, "-yes")...)
	l.ended(program, printed, exitCode)
	report, err := os.ReadFile(l.report)
	if err != nil {
		l.Fatalf("%v; the program printed\n%s", err, printed)
	}
	for _, word := range l.private {
		if strings.Contains(string(report), word) {
			l.Errorf("the report holds %q:\n%s", word, report)
		}
	}

	return string(report)
}

// finds checks what a report says.
func (l *live) finds(report string, all ...string) {
	l.Helper()
	for _, want := range all {
		if !strings.Contains(report, want) {
			l.Errorf("the report does not say %q:\n%s", want, report)
		}
	}
}

// TestLive_vSphere proves the provider on the simulator as on a real vCenter: every step passes, and every answer is the simulator's rule.
// Its cluster has no DRS, so that each question that one login can answer is asked.
func TestLive_vSphere(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onVSphere()
	off := ""
	if err := l.vcenter.ChangeCluster(l.vcenter.ID("/DC0/host/DC0_C0"), vcentersim.ClusterChange{DRS: &off}); err != nil {
		t.Fatal(err)
	}
	l.vcenter.AddUser(stranger, strangerWord)
	l.environment = append(l.environment, "VMFORK_LIVE_VSPHERE_USER="+stranger, "VMFORK_LIVE_VSPHERE_PASSWORD="+strangerWord)
	l.private = append(l.private, stranger, strangerWord)
	report := l.run(0)
	l.finds(report, "11 steps, 0 failed; ", " answers, 0 differ from the simulator; 0 objects left.", "| take everything away | ok |")
	// Two instant clones at a time take a quick machine.
	if asked := strings.ReplaceAll(report, "not asked: the first one had ended already", ""); strings.Contains(asked, "not asked") {
		t.Errorf("a question was not asked:\n%s", report)
	}
}

// TestLive_zstack does the same on ZStack.
func TestLive_zstack(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onZStack()
	l.node.AddAccount(stranger, strangerWord)
	l.environment = append(l.environment, "VMFORK_LIVE_ZSTACK_ACCOUNT_NAME="+stranger, "VMFORK_LIVE_ZSTACK_ACCOUNT_PASSWORD="+strangerWord)
	l.private = append(l.private, stranger, strangerWord)
	l.finds(l.run(0), "7 steps, 0 failed; 6 answers, 0 differ from the simulator; 0 objects left.", "| take everything away | ok |")
}

// TestLive_failure has one step fail: it is taken back, the others pass, the report names the fault and nothing else, nothing is left.
func TestLive_failure(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onVSphere()
	l.vcenter.Inject(vcentersim.Fault{Method: "CreateSnapshotEx_Task", Code: "ApplicationQuiesceFault", Where: vcentersim.FaultInTask, Times: -1})
	l.finds(l.run(exitFailure), "11 steps, 1 failed;", "| take a snapshot | **failed**: apply exited with 1: ApplicationQuiesceFault |", "| clone the template | ok |")
}

// TestLive_interrupted presses Ctrl-C while the first clone is made: nothing is left.
func TestLive_interrupted(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onVSphere()
	l.vcenter.HoldTasks(cloneCall)
	program, printed := l.start("-yes")
	acctest.Until(t, "the clone is being made", func() bool { return l.vcenter.Requests().ByMethod[cloneCall] > 0 })
	if err := program.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	l.ended(program, printed, exitInterrupted)
}

// TestLive_notEmpty refuses a folder that has something in it, and touches nothing.
func TestLive_notEmpty(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onVSphere()
	l.args = []string{"-folder", "/DC0/vm", "-vm", "/DC0/vm/" + source}
	l.finds(l.run(exitFailure), "the folder of -folder is not empty")
}

// TestLive_asks does nothing without a yes.
func TestLive_asks(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.onVSphere()
	requests := l.vcenter.Requests().Total
	program, printed := l.start()
	l.ended(program, printed, exitUsage)
	if now := l.vcenter.Requests().Total; now != requests {
		t.Errorf("%d requests were sent", now-requests)
	}
	for _, want := range []string{folder, source, "Begin?", "Nothing was done."} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, printed)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                              "nothing to clone",
		"-folder /DC/vm/x":              "-folder and -vm belong together",
		"-vm /DC/vm/x":                  "-folder and -vm belong together",
		"-zstack-vm x more":             `unexpected argument "more"`,
		"-folder /DC/vm/x -vm /DC/vm/y": "VSPHERE_",
		"-zstack-vm 20debd9bc9594d70b1ec81d7d31b29cc": "ZSTACK_HOST",
	} {
		var out strings.Builder
		if code := run(t.Context(), strings.Fields(args), strings.NewReader(""), &out, &out); code != exitUsage {
			t.Errorf("%q: exit code %d", args, code)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q: it says\n%s\nwant %q", args, out.String(), want)
		}
	}
}

func TestResult(t *testing.T) {
	t.Parallel()
	said := "Error: could not clone VM \"Secret\": vCenter answered DuplicateName (NOT_FOUND); ZStack SYS.1006; see Folder Finance"
	for _, test := range []struct {
		failure error
		want    string
	}{
		{nil, "ok"},
		{fmt.Errorf("VM Secret is lost"), "**failed**"},
		{found{"apply exited with 1", said}, "**failed**: apply exited with 1: DuplicateName, NOT_FOUND, SYS.1006"},
	} {
		if got := result(test.failure); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if got := without("a report about finance-db and vm", []string{"finance-db", "vm", ""}); got != "a report about … and vm" {
		t.Errorf("got %q", got)
	}
}
