package vsphereftsecondary_test

import (
	"fmt"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// failedOver is a pair whose primary a clone of the same configuration made, after a fail-over.
type failedOver struct {
	*suite

	workspace   *realcli.Workspace
	clone, both string // configurations: of the clone alone, and with its pair
	was, now    string // the primary that the clone made, and the one after the fail-over
}

// failedOverClone applies a clone and its pair, and lets the pair fail over.
func failedOverClone(t *testing.T) *failedOver {
	t.Helper()
	f := &failedOver{suite: newSuite(t, "soap")}
	f.clone = acctest.ProviderConfig(f.server, acctest.API("soap")) + acctest.Resource("vmfork_vsphere_clone", "db", nil,
		`name = "db"`, id("source_vm_id", f.other.ID), `power_on = true`)
	f.both = f.clone + acctest.Resource("vmfork_vsphere_ft_secondary", "db", nil, `primary_vm_id = vmfork_vsphere_clone.db.id`)
	f.workspace = acctest.NewWorkspace(t, f.both)
	acctest.MustRunCLI(t, f.workspace, 0, "apply", "-auto-approve")
	f.was, _ = acctest.InState(t, f.workspace, "vmfork_vsphere_clone")
	f.now, _ = acctest.InState(t, f.workspace, "vmfork_vsphere_ft_secondary")
	f.running(f.was)
	f.must(f.server.FailOver(f.was))
	f.running(f.now)

	return f
}

// write puts a configuration in the place of the one that was applied.
func (f *failedOver) write(config string) {
	f.t.Helper()
	f.must(f.workspace.Write("main.tf", acctest.RequiredProviders+config))
}

// cli runs one command that must end with the exit code and say all the texts.
func (f *failedOver) cli(exitCode int, args []string, texts ...string) {
	f.t.Helper()
	result := acctest.MustRunCLI(f.t, f.workspace, exitCode, args...)
	for _, text := range texts {
		if !acctest.Says(text).MatchString(result.Output) {
			f.t.Errorf("%v does not say %q:\n%s", args, text, result.Output)
		}
	}
}

// left checks that the present primary is left alone and runs, and that the former one is gone with the protection.
func (f *failedOver) left() {
	f.t.Helper()
	f.must(f.unprotected(nil))
	if vm, found := f.vm(f.now); !found || vm.PowerState != "poweredOn" {
		f.t.Errorf("the primary since the fail-over: %+v, %t", vm, found)
	}
	if vm, found := f.vm(f.was); found {
		f.t.Errorf("turning fault tolerance off left its secondary: %+v", vm)
	}
}

func (f *failedOver) stays() string { return fmt.Sprintf("%s stays", f.now) }
func (f *failedOver) goes() string  { return fmt.Sprintf("removes %s with its files", f.was) }

var (
	destroying = []string{"destroy", "-auto-approve", "-no-color"}
	applying   = []string{"apply", "-auto-approve", "-no-color"}
	planning   = []string{"plan", "-detailed-exitcode", "-no-color"}
)

// Destroying all after a fail-over leaves the machine that is the primary now. The plan and the apply say so.
func TestAccVSphereFTSecondary_failOverThenDestroy(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"refreshed": nil, "as in state": {"-refresh=false"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := failedOverClone(t)
			f.cli(2, append(append(planning, "-destroy"), args...), f.stays(), f.goes(), f.now+" is the primary now")
			f.cli(0, append(destroying, args...), f.stays(), "No resource that this run has seen manages it", "Destroy complete")
			f.left()
			if id, _ := acctest.InState(t, f.workspace, "vmfork_vsphere_clone"); id != "" {
				t.Errorf("the clone is still in state: %s", id)
			}
		})
	}
}

// The state knows the new roles already, from an earlier run whose warning is long gone.
func TestAccVSphereFTSecondary_failOverInState(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.cli(0, append(applying, "-refresh-only"), fmt.Sprintf("%s failed over to %s", f.was, f.now))
	f.cli(0, append(destroying, "-refresh=false"), f.now+" is the primary now", f.stays(), f.goes(), "No resource that this run has seen manages it")
	f.left()
}

// The pair alone is removed: the clone's machine, which is the secondary, goes with it. The next plan names the machine that has its name.
func TestAccVSphereFTSecondary_failOverThenRemovePair(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.write(f.clone)
	f.cli(2, planning, f.stays(), f.goes(), f.now+" is the primary now")
	f.cli(0, applying, f.stays(), "No resource that this run has seen manages it")
	f.left()
	if id, _ := acctest.InState(t, f.workspace, "vmfork_vsphere_ft_secondary"); id != "" {
		t.Errorf("the pair is still in state: %s", id)
	}
	f.cli(1, planning, fmt.Sprintf("id = %q", f.now))
	f.cli(0, []string{"state", "rm", "vmfork_vsphere_clone.db"})
	f.write(f.clone + fmt.Sprintf("import {\n  to = vmfork_vsphere_clone.db\n  id = %q\n}\n", f.now))
	f.cli(0, applying)
	f.write(f.clone)
	f.cli(0, planning)
	f.cli(0, destroying)
	if vm, found := f.vm(f.now); found {
		t.Errorf("the adopted machine is left: %+v", vm)
	}
}

// Failing back first, as the warning advises, leaves nothing.
func TestAccVSphereFTSecondary_failBackThenDestroy(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.cli(0, applying, fmt.Sprintf("%s failed over to %s", f.was, f.now))
	f.running(f.was)
	result := acctest.MustRunCLI(t, f.workspace, 0, destroying...)
	if acctest.Says("is the primary now").MatchString(result.Output) {
		t.Errorf("a pair that was failed back is told to have failed over:\n%s", result.Output)
	}
	for _, id := range []string{f.was, f.now} {
		if vm, found := f.vm(id); found {
			t.Errorf("the destroy left %+v", vm)
		}
	}
}

// A fail-over after the plan of a destroy: the apply must not remove the machine of which the plan said that it stays.
func TestAccVSphereFTSecondary_failOverAfterPlan(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	f := &failedOver{suite: s, workspace: acctest.NewWorkspace(t, s.config()), was: s.primary.ID}
	f.cli(0, applying)
	f.running(f.was)
	f.cli(0, []string{"plan", "-destroy", "-out=destroy.plan", "-no-color"})
	f.now = f.failOver()
	f.running(f.now)
	f.cli(1, []string{"apply", "-no-color", "destroy.plan"}, "failed over since the plan", f.was, f.now)
	if _, _, err := f.pair(f.now); err != nil {
		t.Error(err)
	}
	f.cli(0, destroying, f.stays(), f.goes())
	f.left()
}

// A tainted pair that has failed over is not replaced: that would remove the machine which the configuration protects.
func TestAccVSphereFTSecondary_failOverTainted(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.cli(0, []string{"taint", "vmfork_vsphere_ft_secondary.db"})
	f.cli(1, planning, "is a secondary now and would be removed")
	f.cli(1, applying, "is a secondary now and would be removed")
	if _, _, err := f.pair(f.now); err != nil {
		t.Error(err)
	}
	f.cli(0, []string{"untaint", "vmfork_vsphere_ft_secondary.db"})
	f.cli(0, applying)
	f.running(f.was)
}

// A clone that is the secondary of a pair in no state can't be destroyed by itself; the error says why.
func TestAccVSphereFTSecondary_failOverOfClone(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.cli(0, []string{"state", "rm", "vmfork_vsphere_ft_secondary.db"})
	f.write(f.clone)
	f.cli(1, destroying, "is the secondary of a fault-tolerant pair, as the former primary is after a fail-over")
	if vm, found := f.vm(f.was); !found || vm.FaultTolerance == nil || vm.FaultTolerance.Role != "secondary" {
		t.Errorf("the clone: %+v, %t", vm, found)
	}
}

// The configuration follows the fail-over, and the machine that was the primary is still the clone's: removing the pair removes it.
func TestAccVSphereFTSecondary_followedThenRemovePair(t *testing.T) {
	t.Parallel()
	f := failedOverClone(t)
	f.cli(0, []string{"state", "rm", "vmfork_vsphere_ft_secondary.db"})
	f.write(f.clone + acctest.Resource("vmfork_vsphere_ft_secondary", "db", nil, id("primary_vm_id", f.now)) +
		fmt.Sprintf("import {\n  to = vmfork_vsphere_ft_secondary.db\n  id = %q\n}\n", f.now))
	f.cli(0, applying)
	f.write(f.clone)
	f.cli(2, planning, fmt.Sprintf("%s goes with the pair of %s", f.was, f.now))
	f.cli(0, applying)
	f.left()
}
