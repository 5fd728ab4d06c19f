package zstack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

// TestClone_window has clones share a call that come within one window of the first.
func TestClone_window(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		pause time.Duration // between one clone and the next
		give  int
		want  int // calls
	}{
		{"at once", 0, 10, 1},
		{"within a window", job.CloneWindow / 4, 4, 1},
		{"over two windows", job.CloneWindow * 2 / 5, 6, 2},
		{"too far apart", job.CloneWindow * 5 / 4, 3, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newScripted(t, cloneServer(t))
				var callers sync.WaitGroup
				for i := range tt.give {
					callers.Go(func() {
						<-time.After(time.Duration(i) * tt.pause)
						handle, err := client.Clone(t.Context(), CloneSpec{SourceUUID: golden, Name: fmt.Sprintf("vm-%02d", i)})
						if err == nil {
							_, err = task.Wait(t.Context(), handle)
						}
						if err != nil {
							t.Error(err)
						}
					})
				}
				callers.Wait()
				if calls := namesOf(server); len(calls) != tt.want {
					t.Errorf("%d calls %q, want %d", len(calls), calls, tt.want)
				}
			})
		})
	}
}

// TestClone_withdrawn sends no name of a caller that gave up in time, and nothing where all did.
func TestClone_withdrawn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, cloneServer(t))
		var callers sync.WaitGroup
		for _, name := range []string{"stays", "goes"} {
			callers.Go(func() {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				if name == "goes" {
					time.AfterFunc(job.CloneWindow/2, func() { cancel(http.ErrAbortHandler) })
				}
				handle, err := client.Clone(ctx, CloneSpec{SourceUUID: golden, Name: name})
				if name == "goes" {
					if failure := asFailure(t, err); failure.Kind != apierr.Cancelled || failure.AnswerLost || !errors.Is(err, http.ErrAbortHandler) {
						t.Errorf("%s: %v", name, err)
					}

					return
				}
				if vm, err := task.Wait(ctx, handle); err != nil || vm.Name != name {
					t.Errorf("%s: %+v, %v", name, vm, err)
				}
			})
		}
		callers.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), job.CloneWindow/2)
		defer cancel()
		if _, err := client.Clone(ctx, CloneSpec{SourceUUID: golden, Name: "neither"}); !apierr.Is(err, apierr.TimedOut) {
			t.Errorf("neither: %v", err)
		}
		<-time.After(time.Second)
		if calls := namesOf(server); !slices.Equal(calls, []string{"stays"}) {
			t.Errorf("calls %q", calls)
		}
	})
}

// TestClone_cancelledOnTheWay ends one caller while the call is under way: it harms no other, and has the job.
func TestClone_cancelledOnTheWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		serve := cloneServer(t)
		client, server := newScripted(t, func(m message) reply {
			if !m.polled() {
				<-time.After(time.Minute / 2)
			}

			return serve(m)
		})
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var callers sync.WaitGroup
		var jobs sync.Map
		for name, ctx := range map[string]context.Context{"a": t.Context(), "b": impatient} {
			callers.Go(func() {
				handle, err := client.Clone(ctx, CloneSpec{SourceUUID: golden, Name: name})
				if err != nil {
					t.Errorf("%s: %v", name, err)

					return
				}
				jobs.Store(name, handle.ID())
				vm, err := task.Wait(t.Context(), handle)
				if err != nil || vm.Name != name {
					t.Errorf("%s: %+v, %v", name, vm, err)
				}
			})
		}
		callers.Wait()
		a, _ := jobs.Load("a")
		b, _ := jobs.Load("b")
		if a != b || !slices.Equal(namesOf(server), []string{"a b"}) {
			t.Errorf("jobs %v and %v of calls %q", a, b, namesOf(server))
		}
	})
}

// TestClone_abandoned ends the attempts at a call, which the platform does not take, with its last caller.
func TestClone_abandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, func(message) reply { return reply{status: http.StatusServiceUnavailable} })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		handle, err := client.Clone(ctx, CloneSpec{SourceUUID: golden, Name: "a"})
		if err != nil {
			t.Fatal(err)
		}
		_, outcome, err := task.Settle(ctx, handle, 2*time.Second)
		if outcome != task.Cancelled || err == nil {
			t.Errorf("%v, %v", outcome, err)
		}
		sent := len(server.sent())
		<-time.After(time.Hour)
		if later := len(server.sent()); later != sent || sent < 3 {
			t.Errorf("sent %d times, then %d", sent, later)
		}
	})
}
