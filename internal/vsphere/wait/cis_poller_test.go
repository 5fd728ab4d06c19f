package wait

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// scriptedTasks answers list calls; it notes when each came and for how many tasks.
type scriptedTasks struct {
	mu    sync.Mutex
	start time.Time
	tasks map[string]CISTask
	err   error
	calls []string
}

// ListCIS implements cisServer.
func (s *scriptedTasks) ListCIS(_ context.Context, ids []string) (map[string]CISTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf("%d@%s", len(ids), time.Since(s.start).Round(time.Millisecond)))
	if s.err != nil {
		return nil, s.err
	}
	found := make(map[string]CISTask)
	for _, id := range ids {
		if info, ok := s.tasks[id]; ok {
			found[id] = info
		}
	}

	return found, nil
}

func (s *scriptedTasks) set(id string, info CISTask) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks == nil {
		s.tasks = make(map[string]CISTask)
	}
	s.tasks[id] = info
}

func (s *scriptedTasks) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return fmt.Sprint(s.calls)
}

// newScripted makes tasks without a server, whose CIS tasks are scripted.
func newScripted(t *testing.T) (*Tasks, *scriptedTasks) {
	t.Helper()
	script, tasks := &scriptedTasks{start: time.Now()}, newTasks(t)
	tasks.cis = newCISPoller(&tasks.conn.Life, script)

	return tasks, script
}

// newTasks makes the tasks of a connection that is never used.
func newTasks(t *testing.T) *Tasks {
	t.Helper()
	c, err := conn.New(conn.Config{Endpoint: "vcenter.example.com", Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	tasks := New(c)
	tasks.repeater.Connected = func() bool { return true }

	return tasks
}

func startScripted(tasks *Tasks, id string) task.Handle[string] {
	return tasks.StartedCIS(id, httpapi.Call{Op: "clone"})
}

func endLife(t *testing.T, tasks *Tasks) {
	t.Helper()
	if err := tasks.conn.Life.End(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("end: %v", err)
	}
}

func TestCISPoller_pace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, script := newScripted(t)
		defer endLife(t, c)
		script.set("a", CISTask{Status: "RUNNING"})
		h := startScripted(c, "a")
		if update, err := h.Next(t.Context()); err != nil || update.State != task.StateRunning || update.Percent != -1 {
			t.Fatalf("first news = %+v, %v", update, err)
		}
		go func() {
			backoff.Pause(t.Context(), 9*time.Second)
			script.set("a", CISTask{Status: "SUCCEEDED", Result: json.RawMessage(`"vm-9"`)})
		}()
		update, err := h.Next(t.Context())
		if err != nil || update.State != task.StateSucceeded || update.Result != "vm-9" {
			t.Fatalf("last news = %+v, %v", update, err)
		}
		if again, err := h.Next(t.Context()); err != nil || again.Result != "vm-9" {
			t.Errorf("after the end = %+v, %v", again, err)
		}
		want := "[1@200ms 1@300ms 1@450ms 1@675ms 1@1.013s 1@1.519s 1@2.278s 1@3.417s 1@5.126s 1@7.126s 1@9.126s 1@11.126s]"
		if got := script.seen(); got != want {
			t.Errorf("polls %s, want %s", got, want)
		}
	})
}

func TestCISPoller_sharesCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, script := newScripted(t)
		defer endLife(t, c)
		var done sync.WaitGroup
		for i := range 2500 {
			id := fmt.Sprintf("task-%d", i)
			script.set(id, CISTask{Status: "SUCCEEDED", Result: json.RawMessage(`"vm-1"`)})
			done.Go(func() {
				if _, err := startScripted(c, id).Next(t.Context()); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			})
		}
		done.Wait()
		if got, want := script.seen(), "[1000@200ms 1000@200ms 500@200ms]"; got != want {
			t.Errorf("polls %s, want %s", got, want)
		}
	})
}

func TestCISPoller_freshTaskIsPolledSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, script := newScripted(t)
		defer endLife(t, c)
		script.set("old", CISTask{Status: "RUNNING"})
		script.set("new", CISTask{Status: "FAILED", Error: &conn.VAPIError{ErrorType: "CANCELED"}})
		old := startScripted(c, "old")
		if _, err := old.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		waiting.Go(func() { _, _ = old.Next(ctx) })
		backoff.Pause(t.Context(), 8*time.Second) // the old task is asked for every two seconds by now
		begin := time.Now()
		update, err := startScripted(c, "new").Next(t.Context())
		if err != nil || update.State != task.StateCancelled || !apierr.Is(update.Err, apierr.Cancelled) {
			t.Errorf("news = %+v, %v", update, err)
		}
		if took := time.Since(begin); took > 200*time.Millisecond {
			t.Errorf("the fresh task was asked for after %s", took)
		}
		cancel()
		waiting.Wait()
	})
}

func TestCISPoller_stopsWhenIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, script := newScripted(t)
		defer endLife(t, c)
		script.set("a", CISTask{Status: "BLOCKED"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		h := startScripted(c, "a")
		if update, err := h.Next(ctx); err != nil || update.State != task.StateRunning {
			t.Fatalf("BLOCKED = %+v, %v", update, err)
		}
		_, err := h.Next(ctx)
		if !apierr.Is(err, apierr.TimedOut) {
			t.Errorf("error %v, want TimedOut", err)
		}
		polls := script.seen()
		backoff.Pause(t.Context(), time.Hour)
		if got := script.seen(); got != polls {
			t.Errorf("it went on polling without a wait: %s", got)
		}
	})
}

func TestCISPoller_ends(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(*scriptedTasks)
		state   task.State
		err     func(update task.Update[string], err error) bool
	}{
		{
			"unknown to vCenter", func(*scriptedTasks) {}, task.StateQueued,
			func(_ task.Update[string], err error) bool { return apierr.Is(err, apierr.NotFound) },
		},
		{
			"vCenter cannot be asked",
			func(s *scriptedTasks) { s.err = &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"} }, task.StateQueued,
			func(_ task.Update[string], err error) bool { return apierr.Is(err, apierr.Unavailable) },
		},
		{
			"failed", func(s *scriptedTasks) {
				s.set("a", CISTask{Status: "FAILED", Error: &conn.VAPIError{
					ErrorType: "ALREADY_EXISTS", Messages: []conn.VAPIMessage{{DefaultMessage: "taken"}},
				}})
			}, task.StateFailed,
			func(update task.Update[string], err error) bool {
				return err == nil && apierr.Is(update.Err, apierr.AlreadyExists)
			},
		},
		{
			"failed without a word", func(s *scriptedTasks) { s.set("a", CISTask{Status: "FAILED"}) }, task.StateFailed,
			func(update task.Update[string], err error) bool {
				return err == nil && apierr.Is(update.Err, apierr.Internal)
			},
		},
		{
			"a result before the end is no end", func(s *scriptedTasks) {
				s.set("a", CISTask{Status: "RUNNING", Result: json.RawMessage(`"vm-1"`)})
			}, task.StateRunning,
			func(update task.Update[string], err error) bool { return err == nil && update.Result == "" },
		},
		{
			"succeeded without a result", func(s *scriptedTasks) { s.set("a", CISTask{Status: "SUCCEEDED"}) }, task.StateFailed,
			func(update task.Update[string], err error) bool { return err == nil && apierr.IsAnswerLost(update.Err) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, script := newScripted(t)
				defer endLife(t, c)
				tt.prepare(script)
				update, err := c.ResumeCIS("a", httpapi.Call{Op: "clone"}).Next(t.Context())
				if update.State != tt.state || !tt.err(update, err) {
					t.Errorf("news = %+v, %v", update, err)
				}
			})
		})
	}
}

func TestCISPoller_closed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, script := newScripted(t)
		script.set("a", CISTask{Status: "RUNNING"})
		h := startScripted(c, "a")
		if _, err := h.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		var closing sync.WaitGroup
		closing.Go(func() {
			backoff.Pause(t.Context(), time.Second)
			endLife(t, c)
		})
		if _, err := h.Next(t.Context()); !apierr.Is(err, apierr.Cancelled) {
			t.Errorf("error %v, want Cancelled", err)
		}
		closing.Wait()
		if _, err := h.Next(t.Context()); !apierr.Is(err, apierr.Cancelled) {
			t.Errorf("error after the end %v, want Cancelled", err)
		}
	})
}

func TestCISTask_news(t *testing.T) {
	t.Parallel()
	message := &conn.VAPIMessage{DefaultMessage: "Copying"}
	info := CISTask{Status: "RUNNING", Progress: &CISProgress{Total: 200, Completed: 50, Message: message}}
	if info.percent() != 25 || info.note() != "Copying" {
		t.Errorf("progress = %d %q", info.percent(), info.note())
	}
	further := info
	further.Progress = &CISProgress{Total: 200, Completed: 300}
	if further.percent() != 100 || sameNews(info, further) {
		t.Errorf("further progress = %d", further.percent())
	}
}
