package bench

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// bound is what a step may cost.
type bound struct {
	total  int            // without polls, whose number depends on how long jobs take
	exact  map[string]int // exact number of calls of each method
	atMost map[string]int
}

// guarded is how many resources the guard makes: enough for two rounds of ten.
const guarded = 20

// attempts is the number of times that a step may try to stay within its bounds.
const attempts = 6

// answersLater is the latency of each of the platform's answers.
const answersLater = 100 * time.Millisecond

// polls is how often a ZStack was asked for jobs.
const polls = zstacksim.QueryJob

// bounds are the requests of twenty resources by type, in the order of the steps. They leave room for a machine that is
// busy with other tests, and none for one more request a resource.
//
// How many calls one request serves depends on how many resources ask at the same time, and on a busy machine fewer do. So the
// platform answers late, which gives more of them time to arrive, and a step has several attempts: a request that is made for each
// resource shows in all of them.
var bounds = map[string]map[Step]bound{
	"vsphere_clone": {
		Apply:   {total: 68, exact: map[string]int{"POST /api/vcenter/vm?action=clone": guarded}},
		Refresh: {total: 20},
		NoOp:    {total: 20},
		Update:  {total: 72, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {total: 75, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone": {
		Apply:   {total: 88, atMost: map[string]int{"InstantClone_Task": guarded + 10}},
		Refresh: {total: 17},
		NoOp:    {total: 17},
		Update:  {total: 66, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {total: 75, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_instant_clone_sources": {
		Apply:   {total: 84, atMost: map[string]int{"InstantClone_Task": guarded + 10}},
		Refresh: {total: 13},
		NoOp:    {total: 13},
		Update:  {total: 62, exact: map[string]int{"Rename_Task": guarded}},
		Destroy: {total: 72, exact: map[string]int{"Destroy_Task": guarded, "ShutdownGuest": guarded}},
	},
	"vsphere_snapshot": {
		Apply:   {total: 48, exact: map[string]int{"CreateSnapshotEx_Task": guarded}},
		Refresh: {total: 13},
		NoOp:    {total: 13},
		Update:  {total: 36, exact: map[string]int{"RenameSnapshot": guarded}},
		Destroy: {total: 48, exact: map[string]int{"RemoveSnapshot_Task": guarded}},
	},
	"vsphere_ft_secondary": {
		// The CLI plans the first ten once more before anything tells that it applies.
		Apply:   {total: 86, exact: map[string]int{"CreateSecondaryVMEx_Task": guarded}, atMost: map[string]int{"QueryFaultToleranceCompatibilityEx": guarded + 10}},
		Refresh: {total: 13},
		NoOp:    {total: 13},
		Update:  {total: 50, exact: map[string]int{"DisableSecondaryVM_Task": guarded}},
		Destroy: {total: 48, exact: map[string]int{"TurnOffFaultToleranceForVM_Task": guarded}},
	},
	"zstack_clone": {
		Apply:   {total: 36, atMost: map[string]int{"CloneVmInstance": 5, polls: 8}},
		Refresh: {total: 12},
		NoOp:    {total: 12},
		Update:  {total: 36, exact: map[string]int{"UpdateVmInstance": guarded}, atMost: map[string]int{polls: 2 * guarded}},
		Destroy: {total: 58, exact: map[string]int{"StopVmInstance": guarded, "DestroyVmInstance": guarded}, atMost: map[string]int{polls: 5 * guarded / 2}},
	},
	"zstack_snapshot": {
		Apply:   {total: 57, exact: map[string]int{"CreateVolumeSnapshotGroup": guarded}, atMost: map[string]int{polls: 3 * guarded / 2}},
		Refresh: {total: 14},
		NoOp:    {total: 14},
		Update:  {total: 37, exact: map[string]int{"UpdateVolumeSnapshotGroup": guarded}, atMost: map[string]int{polls: 2 * guarded}},
		Destroy: {total: 38, exact: map[string]int{"DeleteVolumeSnapshotGroup": guarded}, atMost: map[string]int{polls: 3 * guarded / 2}},
	},
}

// TestRequests guards what resources cost in requests, through a real CLI and a built provider. It checks the floor beside: what
// that leaves on the platform after each step is what the provider leaves, so that the two can be compared.
func TestRequests(t *testing.T) {
	t.Parallel()
	programs := Programs{Provider: filepath.Join(t.TempDir(), "terraform-provider-vmfork")}
	if err := realcli.Build(t.Context(), "", programs.Provider); err != nil {
		t.Fatal(err)
	}
	programs.CLI = findCLI(t)
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
			c := Case{Scenario: name, N: guarded, Parallelism: 10, Task: 100 * time.Millisecond, Latency: answersLater}
			left := withinBounds(t, programs, c, limits)
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

// withinBounds takes the steps of a case until each has stayed within its limits in one of the attempts, and returns what each step left
// on the platform.
func withinBounds(t *testing.T, programs Programs, c Case, limits map[Step]bound) map[Step][]string {
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
			t.Errorf("beyond the bounds in each of %d attempts, in the last one:\n%s", attempts, told)

			return left
		}
		t.Logf("attempt %d is beyond the bounds:\n%s", attempt, told)
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

// beyond says what of a step's requests is beyond the bound.
func (b bound) beyond(sample Sample) []string {
	var told []string
	if requests := sample.Requests - sample.ByMethod[polls]; requests > b.total {
		told = append(told, fmt.Sprintf("%s: %d requests, at most %d are allowed", sample.Step, requests, b.total))
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
