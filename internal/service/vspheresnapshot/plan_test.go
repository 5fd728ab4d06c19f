package vspheresnapshot

import (
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestReplace takes a new snapshot for what applies at creation only.
func TestReplace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config config
		at     string
	}{
		"memory":          {config{"memory": true}, `AttributeName("memory")`},
		"quiesce":         {config{"quiesce": config{}}, `AttributeName("quiesce")`},
		"another VM":      {config{"vm_id": playedcli.Unknown{}}, `AttributeName("vm_id")`},
		"unknown quiesce": {config{"quiesce": playedcli.Unknown{}}, `AttributeName("quiesce")`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, _ *fakeVSphere) {
				t := c.T
				c.taken()
				planned := c.Plan(basic(test.config)).Clean(t)
				if planned.Action != "replace" || !slices.Equal(planned.RequiresReplaceFor, []string{test.at}) {
					t.Errorf("the plan is to %s for %v", planned.Action, planned.RequiresReplaceFor)
				}
			})
		})
	}
}

// TestPlanChecks compares a new snapshot with its VM.
func TestPlanChecks(t *testing.T) {
	t.Parallel()
	off := func(f *fakeVSphere) { f.vm.PowerState = vsphere.PoweredOff }
	tests := map[string]struct {
		change func(f *fakeVSphere)
		config config
		fails  string
		warns  string
	}{
		"fine":                  {change: func(*fakeVSphere) {}, config: config{"memory": true, "quiesce": config{}}},
		"no such VM":            {change: func(f *fakeVSphere) { f.vm = nil }, fails: `There is no virtual machine "vm-1"`},
		"unreachable":           {change: func(f *fakeVSphere) { f.vm.ConnectionState = "inaccessible" }, fails: "The VM is inaccessible"},
		"fault tolerant":        {change: func(f *fakeVSphere) { f.vm.FaultToleranceState = "running" }, fails: "protected by fault tolerance"},
		"a template":            {change: func(f *fakeVSphere) { f.vm.Template = true }, fails: "It is a template"},
		"no pair any more":      {change: func(f *fakeVSphere) { f.vm.FaultToleranceState = "" }},
		"nobody answers":        {change: failing("VirtualMachine", fault(apierr.Unavailable, "")), warns: "Could not check"},
		"a wrong password":      {change: failing("VirtualMachine", fault(apierr.Unauthenticated, apierr.CodeInvalidLogin)), fails: "Could not connect to vCenter"},
		"off":                   {change: off},
		"off, with memory":      {change: off, config: config{"memory": true}, warns: "There is no memory to keep"},
		"off, quiesced":         {change: off, config: config{"quiesce": config{}}, warns: "vm-1 is not powered on"},
		"no Tools":              {change: func(f *fakeVSphere) { f.vm.ToolsRunning = false }},
		"no Tools, quiesced":    {change: func(f *fakeVSphere) { f.vm.ToolsRunning = false }, config: config{"quiesce": config{}}, warns: "VMware Tools do not run"},
		"suspended, quiesced":   {change: func(f *fakeVSphere) { f.vm.PowerState = vsphere.Suspended }, config: config{"quiesce": config{}}, warns: "vm-1 is not powered on"},
		"suspended with memory": {change: func(f *fakeVSphere) { f.vm.PowerState = vsphere.Suspended }, config: config{"memory": true}},
		"unknown":               {change: off, config: config{"memory": playedcli.Unknown{}, "quiesce": playedcli.Unknown{}, "name": playedcli.Unknown{}, "description": playedcli.Unknown{}}},
		"unknown VM":            {change: func(f *fakeVSphere) { f.vm = nil }, config: config{"vm_id": playedcli.Unknown{}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				test.change(f)
				said := c.Plan(basic(test.config))
				switch {
				case test.fails != "":
					said.Failed(t, test.fails)
				case test.warns != "":
					said.Warned(t, test.warns)
				default:
					said.Clean(t)
				}
				if n := f.made("VirtualMachine"); n > 1 {
					t.Errorf("%d reads of the VM", n)
				}
			})
		})
	}
}
