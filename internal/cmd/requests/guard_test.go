package main

import (
	"path/filepath"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// bound is what a step may cost.
type bound struct {
	total  int            // all but polls, whose number is a matter of how long jobs take
	exact  map[string]int // methods that are called just so often
	atMost map[string]int
}

// guarded is how many resources the guard makes: enough for two rounds of ten.
const guarded = 20

// polls is how often a ZStack was asked for jobs.
const polls = zstacksim.QueryJob

// bounds are the requests of twenty resources by type, in the order of the steps. They leave room for a machine that is
// busy with other tests, and none for one more request a resource.
var bounds = map[string][4]bound{
	"vsphere_clone": {
		{total: 72, exact: map[string]int{"POST /api/vcenter/vm?action=clone": guarded}},
		{total: 20},
		{total: 20},
		{total: 75, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone": {
		{total: 102, atMost: map[string]int{"InstantClone_Task": guarded + 10}},
		{total: 17},
		{total: 17},
		{total: 75, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone_sources": {
		{total: 76, atMost: map[string]int{"InstantClone_Task": guarded + 10}},
		{total: 13},
		{total: 13},
		{total: 72, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_snapshot": {
		{total: 54, exact: map[string]int{"CreateSnapshotEx_Task": guarded}},
		{total: 13},
		{total: 13},
		{total: 48, exact: map[string]int{"RemoveSnapshot_Task": guarded}},
	},
	"vsphere_ft_secondary": {
		// The CLI plans the first ten once more before anything tells that it applies.
		{total: 86, exact: map[string]int{"CreateSecondaryVMEx_Task": guarded}, atMost: map[string]int{"QueryFaultToleranceCompatibilityEx": guarded + 10}},
		{total: 13},
		{total: 13},
		{total: 48, exact: map[string]int{"TurnOffFaultToleranceForVM_Task": guarded}},
	},
	"zstack_clone": {
		{total: 30, atMost: map[string]int{"CloneVmInstance": 5, polls: 10}},
		{total: 12},
		{total: 12},
		{total: 58, exact: map[string]int{"StopVmInstance": guarded, "DestroyVmInstance": guarded}, atMost: map[string]int{polls: 3 * guarded}},
	},
	"zstack_snapshot": {
		{total: 64, exact: map[string]int{"CreateVolumeSnapshotGroup": guarded}, atMost: map[string]int{polls: 2 * guarded}},
		{total: 14},
		{total: 14},
		{total: 38, exact: map[string]int{"DeleteVolumeSnapshotGroup": guarded}, atMost: map[string]int{polls: 2 * guarded}},
	},
}

// TestRequests guards what resources cost in requests, through a real CLI and a built provider.
func TestRequests(t *testing.T) {
	t.Parallel()
	provider := filepath.Join(t.TempDir(), "terraform-provider-vmfork")
	if err := tfcli.Build(t.Context(), "", provider); err != nil {
		t.Fatal(err)
	}
	for name := range bounds {
		if _, counted := scenarios[name]; !counted {
			t.Errorf("no scenario counts %s", name)
		}
	}
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits, known := bounds[name]
			if !known {
				t.Fatal("no bounds are set for it")
			}
			steps, err := measure(t.Context(), t.TempDir(), settings{
				resource: name, n: guarded, parallelism: 10, task: 100 * time.Millisecond, provider: provider,
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, step := range steps {
				limits[i].check(t, step)
			}
		})
	}
}

func (b bound) check(t *testing.T, step step) {
	t.Helper()
	t.Logf("%s: %d requests, %v", step.Name, step.Requests, step.ByMethod)
	if requests := step.Requests - step.ByMethod[polls]; requests > b.total {
		t.Errorf("%s: %d requests, at most %d are allowed: %v", step.Name, requests, b.total, step.ByMethod)
	}
	for method, want := range b.exact {
		if got := step.ByMethod[method]; got != want {
			t.Errorf("%s: %d times %s, want %d", step.Name, got, method, want)
		}
	}
	for method, most := range b.atMost {
		if got := step.ByMethod[method]; got > most {
			t.Errorf("%s: %d times %s, at most %d are allowed", step.Name, got, method, most)
		}
	}
}
