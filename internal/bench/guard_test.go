package bench

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// guarded is how many resources the guard creates.
const guarded = 100

// attempts is the number of times that a step may try to stay within its budget.
const attempts = 6

// answersLater is the latency of each of the platform's answers.
const answersLater = 100 * time.Millisecond

// polls is how often a ZStack was asked for jobs.
const polls = zstacksim.QueryJob

// margin is what a step may cost beyond its measured value.
const margin = 1.15

// busyMachine is what a step may cost beyond that, in requests each. The provider shares calls among the questions of a fixed window, and
// on a slow machine fewer questions arrive within it: up to 1.3 requests more were seen, 1.5 beside the tests of other packages. Two and a half
// more requests for each resource show in all attempts on any machine. Of a step that takes less than one request each it is busyShare of that at most.
const (
	busyMachine = 1.6
	busyShare   = 1.5
)

// budget is what a step may cost.
type budget struct {
	each   float64        // requests for each of a hundred resources, polls included, as measured on an idle machine at parallelism 10
	most   float64        // what an idle machine may not exceed, where margin allows more; 0 for no such limit
	exact  map[string]int // exact number of calls of each method
	atMost map[string]int
}

// total returns the requests that the step may take.
func (b budget) total() int {
	allowed := b.each * margin
	if b.most > 0 {
		allowed = min(allowed, b.most)
	}

	return int(math.Ceil((allowed + min(busyMachine, b.each*busyShare)) * guarded))
}

// mostApply is the most that a creation of a VM with hardware of its own may cost. mostRead and mostDestroy are those of a refresh or a plan
// without changes, and of a destroy on vSphere.
const (
	mostApply   = 4
	mostRead    = 0.55
	mostDestroy = 4
)

// budgets are the requests of the resources by type, in the order of the steps. On vSphere a creation asks again what its plan has checked, and
// whether its name is free; an update and a destroy compare the instance UUID first. Each is one batched read.
var budgets = map[string]map[Step]budget{
	"vsphere_clone": {
		Apply:   {each: 2.20, most: 3, exact: map[string]int{"POST /api/vcenter/vm?action=clone": guarded}},
		Refresh: {each: 0.25, most: mostRead},
		NoOp:    {each: 0.35, most: mostRead},
		Update:  {each: 3.40, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {each: 3.20, most: mostDestroy, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	// The one task makes the clone with its hardware: no other task follows.
	"vsphere_clone_template": {
		Apply:   {each: 2.60, most: mostApply, exact: map[string]int{"CloneVM_Task": guarded}, atMost: map[string]int{"ReconfigVM_Task": 0}},
		Refresh: {each: 0.25, most: mostRead},
		NoOp:    {each: 0.35, most: mostRead},
		Update:  {each: 4.00, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {each: 3.40, most: mostDestroy, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone": {
		// vCenter takes one at a time of a source, so that each asks for its name alone; the source is read once a minute.
		Apply:   {each: 3.90, atMost: map[string]int{"InstantClone_Task": guarded + guarded/4}},
		Refresh: {each: 0.24, most: mostRead},
		NoOp:    {each: 0.28, most: mostRead},
		Update:  {each: 3.60, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {each: 3.20, most: mostDestroy, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone_sources": {
		Apply:   {each: 3.00, atMost: map[string]int{"InstantClone_Task": guarded + guarded/4}},
		Refresh: {each: 0.14, most: mostRead},
		NoOp:    {each: 0.23, most: mostRead},
		Update:  {each: 3.50, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {each: 3.20, most: mostDestroy, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_snapshot": {
		Apply:   {each: 1.75, exact: map[string]int{"CreateSnapshotEx_Task": guarded}},
		Refresh: {each: 0.13, most: mostRead},
		NoOp:    {each: 0.14, most: mostRead},
		Update:  {each: 1.60, exact: map[string]int{"RenameSnapshot": guarded}},
		// Plan and destroy ask whose disks stand on the snapshot: 0.4 requests more, and the only ones that keep linked clones whole.
		Destroy: {each: 2.00, most: mostDestroy, exact: map[string]int{"RemoveSnapshot_Task": guarded}},
	},
	"vsphere_ft_secondary": {
		// The CLI plans the first ten once more before anything tells that it applies.
		Apply: {each: 2.87, most: 3.5, exact: map[string]int{"CreateSecondaryVMEx_Task": guarded}, atMost: map[string]int{
			"QueryFaultToleranceCompatibilityEx": guarded + 10,
		}},
		Refresh: {each: 0.13, most: mostRead},
		NoOp:    {each: 0.15, most: mostRead},
		Update:  {each: 2.10, exact: map[string]int{"DisableSecondaryVM_Task": guarded}},
		Destroy: {each: 1.70, most: mostDestroy, exact: map[string]int{"TurnOffFaultToleranceForVM_Task": guarded}},
	},
	"zstack_clone": {
		// Each creation checks its source and its placement again before it sends anything: 0.3 requests more.
		Apply:   {each: 1.12, most: 1.6, atMost: map[string]int{"CloneVmInstance": guarded / 4}},
		Refresh: {each: 0.17, most: mostRead},
		NoOp:    {each: 0.30, most: mostRead},
		Update:  {each: 2.51, exact: map[string]int{"UpdateVmInstance": guarded}, atMost: map[string]int{polls: 2 * guarded}},
		Destroy: {each: 5.17, most: 8, exact: map[string]int{"StopVmInstance": guarded, "DestroyVmInstance": guarded}},
	},
	"zstack_snapshot": {
		Apply:   {each: 3.26, most: 3.6, exact: map[string]int{"CreateVolumeSnapshotGroup": guarded}},
		Refresh: {each: 0.22, most: mostRead},
		NoOp:    {each: 0.22, most: mostRead},
		Update:  {each: 2.46, exact: map[string]int{"UpdateVolumeSnapshotGroup": guarded}},
		Destroy: {each: 2.56, most: 8, exact: map[string]int{"DeleteVolumeSnapshotGroup": guarded}},
	},
}

// TestRequests guards what resources cost in requests, through a real CLI and a built provider. It checks the floor beside: what
// that leaves on the platform after each step is what the provider leaves, so that the two can be compared.
func TestRequests(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("the provider is a process of its own that the race detector does not see, and the simulators answer too slowly to share calls")
	}
	programs := Programs{Provider: filepath.Join(t.TempDir(), "terraform-provider-vmfork")}
	if err := realcli.Build(t.Context(), "", programs.Provider); err != nil {
		t.Fatal(err)
	}
	programs.CLI = findCLI(t)
	for name := range budgets {
		if _, counted := scenarios[name]; !counted {
			t.Errorf("no scenario counts %s", name)
		}
	}
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits, known := budgets[name]
			if !known {
				t.Fatal("no budget is set for it")
			}
			c := Case{Scenario: name, N: guarded, Parallelism: 10, Task: 100 * time.Millisecond, Latency: answersLater}
			left := withinBudget(t, programs, c, limits)
			_, want := takeSteps(t, programs, Floor, c)
			for step, inventory := range left {
				if other := differences(inventory, want[step]); other != "" || len(inventory) != len(want[step]) {
					t.Errorf("%s leaves something else than the floor's does:\n%s", step, other)
				}
			}
		})
	}
}

// retrying lets one scenario at a time repeat its steps, so that attempts after the first do not slow one another down.
var retrying sync.Mutex

// withinBudget takes the steps of a case until each has stayed within its limits in one of the attempts, and returns what each step left
// on the platform.
func withinBudget(t *testing.T, programs Programs, c Case, limits map[Step]budget) map[Step][]string {
	t.Helper()
	beyond := map[Step][]string{} // of the steps that were within their limits in no attempt
	for attempt := 1; ; attempt++ {
		samples, left := takeSteps(t, programs, Provider, c)
		for _, sample := range samples {
			t.Logf("%s: %d requests, %v", sample.Step, sample.Requests, sample.ByMethod)
			if _, open := beyond[sample.Step]; open || attempt == 1 {
				beyond[sample.Step] = limits[sample.Step].beyond(sample)
			}
		}
		maps.DeleteFunc(beyond, func(_ Step, told []string) bool { return len(told) == 0 })
		if len(beyond) == 0 {
			return left
		}
		told := strings.Join(slices.Concat(slices.Collect(maps.Values(beyond))...), "\n")
		if attempt == attempts {
			t.Errorf("beyond the budget in each of %d attempts, in the last one:\n%s", attempts, told)

			return left
		}
		t.Logf("attempt %d is beyond the budget:\n%s", attempt, told)
		if attempt == 1 {
			retrying.Lock()
			defer retrying.Unlock()
		}
	}
}

func findCLI(t *testing.T) string {
	t.Helper()
	cli, err := realcli.Find(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}

	return cli
}

// beyond returns what of a step's requests is beyond the budget.
func (b budget) beyond(sample Sample) []string {
	var told []string
	if total := b.total(); sample.Requests > total {
		told = append(told, fmt.Sprintf("%s: %d requests, at most %d are allowed", sample.Step, sample.Requests, total))
	}
	for method, want := range b.exact {
		if got := sample.ByMethod[method]; got != want {
			told = append(told, fmt.Sprintf("%s: %d times %s, want %d", sample.Step, got, method, want))
		}
	}
	for method, most := range b.atMost {
		if got := sample.ByMethod[method]; got > most {
			told = append(told, fmt.Sprintf("%s: %d times %s, at most %d are allowed", sample.Step, got, method, most))
		}
	}

	return told
}
