package zstack

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// jobFixture is a job store in a synctest bubble, with a count of what its jobs did.
type jobFixture struct {
	*jobStore

	effects, undone int
	operation       operation
	stop            func()
}

// newJobFixture returns a store whose jobs run for one second.
func newJobFixture(t *testing.T) *jobFixture {
	t.Helper()
	stopped := make(chan struct{})
	fixture := &jobFixture{
		jobStore: newJobStore(&sync.Mutex{}, &faultStore{}, time.Now, time.Second, stopped),
		stop:     sync.OnceFunc(func() { close(stopped) }),
	}
	fixture.operation = operation{name: "CloneVmInstance", begin: func(c *call) (effect, *errorCode) {
		c.undo = func() { fixture.undone++ }

		return func() (any, *errorCode) {
			fixture.effects++
			c.created = append(c.created, "clone")

			return map[string]any{}, nil
		}, nil
	}}
	t.Cleanup(func() {
		fixture.stop()
		fixture.waitForJobs()
	})

	return fixture
}

// advance lets the bubble's time pass.
func advance(d time.Duration) { <-time.After(d) }

// begin starts a job and returns its uuid.
func (f *jobFixture) begin(t *testing.T, timeout time.Duration) string {
	t.Helper()
	c := &call{operation: &f.operation, values: map[string]string{"uuid": "vm"}, timeout: timeout}
	if _, refused := f.startJob(c, nil); refused != nil {
		t.Fatalf("refused: %+v", refused)
	}

	return c.jobUUID
}

// expect checks the state and the error of a job, and how many jobs took effect or were undone.
func (f *jobFixture) expect(t *testing.T, uuid string, state JobState, code string, effects, undone int) {
	t.Helper()
	synctest.Wait()
	found, known := f.findJob(uuid)
	f.inventory.Lock()
	defer f.inventory.Unlock()
	if !known || found.state != state {
		t.Errorf("the job is known: %t, %s, want %s", known, found.state, state)
	}
	hasCode(t, found.failure, code)
	if f.effects != effects || f.undone != undone {
		t.Errorf("%d effects and %d undone, want %d and %d", f.effects, f.undone, effects, undone)
	}
}

func TestJobStoreRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newJobFixture(t)
		uuid := jobs.begin(t, 0)
		advance(time.Second - 1)
		jobs.expect(t, uuid, JobProcessing, "", 0, 0)
		advance(1)
		jobs.expect(t, uuid, JobDone, "", 1, 0)
		if info := jobs.Jobs()[0]; info.ID != uuid || info.ResourceUUID != "vm" || !slices.Equal(info.Made, []string{"clone"}) {
			t.Errorf("the job is shown as %+v", info)
		}
		if _, refused := jobs.startJob(&call{operation: &jobs.operation, jobUUID: uuid}, nil); refused == nil {
			t.Error("a used job uuid is accepted")
		}
		advance(jobRetention + 1)
		if _, known := jobs.findJob(uuid); known || !jobs.Jobs()[0].Purged {
			t.Error("an old job is known")
		}
	})
}

func TestJobStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newJobFixture(t)
		c := &call{operation: &jobs.operation}
		_, _ = jobs.startJob(c, newError(codeInvalidSession, "expired"))
		jobs.expect(t, c.jobUUID, JobDone, codeInvalidSession, 0, 0)
		jobs.faults.Inject(Fault{Code: "VM.1000", Where: FaultInTask})
		uuid := jobs.begin(t, 0)
		advance(time.Second)
		jobs.expect(t, uuid, JobDone, "VM.1000", 0, 1)
	})
}

func TestJobStoreHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newJobFixture(t)
		before := jobs.begin(t, 0)
		jobs.HoldJobs("CloneVmInstance")
		held := jobs.begin(t, 0)
		advance(time.Hour)
		jobs.expect(t, before, JobDone, "", 1, 0)
		jobs.expect(t, held, JobProcessing, "", 1, 0)
		if !jobs.Jobs()[1].Held {
			t.Error("the job is not shown as held")
		}
		jobs.ReleaseJobs()
		jobs.expect(t, held, JobDone, "", 2, 0)
		after := jobs.begin(t, 0)
		advance(time.Second)
		jobs.expect(t, after, JobDone, "", 3, 0)
	})
}

func TestJobStoreLoses(t *testing.T) {
	t.Parallel()
	for name, withEffect := range map[string]bool{"with effect": true, "without effect": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				jobs := newJobFixture(t)
				jobs.HoldJobs("")
				uuid := jobs.begin(t, 0)
				advance(time.Minute)
				jobs.LoseJobs(withEffect)
				if withEffect {
					jobs.expect(t, uuid, JobProcessing, "", 1, 0)
				} else {
					jobs.expect(t, uuid, JobProcessing, "", 0, 1)
				}
				jobs.TimeOutJobs() // a lost job does not end
				jobs.ReleaseJobs()
				if info := jobs.Jobs()[0]; !info.Lost || info.State != JobProcessing {
					t.Errorf("the job is shown as %+v", info)
				}
			})
		})
	}
}

func TestJobStoreTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newJobFixture(t)
		early := jobs.begin(t, time.Second/2)
		advance(time.Second / 2)
		jobs.expect(t, early, JobDone, codeTimeout, 0, 0)
		advance(time.Second / 2)
		jobs.expect(t, early, JobDone, codeTimeout, 1, 0)

		later := jobs.begin(t, 0)
		jobs.TimeOutJobs()
		jobs.expect(t, later, JobDone, codeTimeout, 1, 0)
		advance(time.Second)
		jobs.expect(t, later, JobDone, codeTimeout, 2, 0)
		jobs.PurgeJobs()
		if _, known := jobs.findJob(later); known {
			t.Error("a purged job is known")
		}
	})
}

func TestJobStoreStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jobs := newJobFixture(t)
		jobs.HoldJobs("")
		uuid := jobs.begin(t, 0)
		jobs.stop()
		jobs.waitForJobs()
		jobs.expect(t, uuid, JobProcessing, "", 0, 0)
	})
}
