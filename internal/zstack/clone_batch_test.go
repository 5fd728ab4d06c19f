package zstack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestClone_gathered waits for the next clone as long as clones keep coming, but not for ever.
func TestClone_gathered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		pause time.Duration // between one clone and the next
		give  int
		want  int // calls
	}{
		{"one after another", gatherClones * 3 / 4, 4, 1},
		{"too far apart", gatherClones * 5 / 4, 3, 3},
		{"without an end", gatherClones * 3 / 4, 8, 2},
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

// TestClone_patience waits for others a small part of the time that clones take, and for nobody where nobody else can come.
func TestClone_patience(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		lasts time.Duration // how long clones lately took, 0 where that is not known
		want  time.Duration
	}{
		{"unknown", 0, gatherClones},
		{"quick", 100 * time.Millisecond, soonestClones},
		{"of a second", time.Second, 50 * time.Millisecond},
		{"slow", time.Minute, gatherClones},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := newScripted(t, cloneServer(t))
				if tt.lasts > 0 {
					pace := client.paces.Started(cloneOp)
					<-time.After(tt.lasts)
					pace.Ended(time.Now())
				}
				if got := client.clones.patience(); got != tt.want {
					t.Errorf("waits %s, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestClone_nobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, cloneServer(t))
		clone := func(names ...string) (took time.Duration) {
			var callers sync.WaitGroup
			began := time.Now()
			for _, name := range names {
				callers.Go(func() {
					if _, err := client.Clone(t.Context(), CloneSpec{SourceUUID: golden, Name: name}); err != nil {
						t.Error(err)
					}
				})
			}
			callers.Wait()

			return time.Since(began)
		}
		first, second := clone("a", "b"), clone("c", "d")
		busy := client.life.Enter(t.Context())
		third := clone("e")
		busy.Leave()
		if calls := namesOf(server); !slices.Equal(calls, []string{"a b", "c d", "e"}) || first != gatherClones || second != 0 || third != 0 {
			t.Errorf("calls %q after %s, %s and %s, want the second and third at once", calls, first, second, third)
		}
	})
}

// TestClone_moreThanEver has clones share a call that come one after another, though fewer read or were cloned together before.
func TestClone_moreThanEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer, busy := cloneServer(t), atomic.Bool{}
		client, server := newScripted(t, func(m message) reply {
			if m.polled() && busy.Load() {
				return processing
			}

			return answer(m)
		})
		readers := []*httpapi.Waiter{client.life.Enter(t.Context()), client.life.Enter(t.Context())}
		client.life.Gathered()
		for _, reader := range readers {
			reader.Leave()
		}
		for _, names := range [][]string{{"a", "b", "c"}, {"d", "e", "f", "g", "h", "i"}, {"j", "k", "l", "m", "n", "o"}} {
			var callers sync.WaitGroup
			busy.Store(true)
			for _, name := range names {
				callers.Go(func() {
					handle, err := client.Clone(t.Context(), CloneSpec{SourceUUID: golden, Name: name})
					if err == nil {
						_, err = task.Wait(t.Context(), handle)
					}
					if err != nil {
						t.Error(err)
					}
				})
				<-time.After(5 * time.Millisecond)
			}
			<-time.After(gatherClones)
			busy.Store(false)
			callers.Wait()
		}
		if calls := namesOf(server); !slices.Equal(calls, []string{"a b c", "d e f", "g h i", "j k l m n o"}) {
			t.Errorf("calls %q, want one of all that came, and two when more came than ever", calls)
		}
	})
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
					time.AfterFunc(gatherClones/2, func() { cancel(http.ErrAbortHandler) })
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
		ctx, cancel := context.WithTimeout(t.Context(), soonestClones/2)
		defer cancel()
		if _, err := client.Clone(ctx, CloneSpec{SourceUUID: golden, Name: "nobody"}); !apierr.Is(err, apierr.TimedOut) {
			t.Errorf("nobody: %v", err)
		}
		<-time.After(time.Second)
		if calls := namesOf(server); !slices.Equal(calls, []string{"stays"}) {
			t.Errorf("calls %q", calls)
		}
	})
}

// TestClone_cancelledOnTheWay: one caller's end while the call is under way harms nobody, and leaves him the job.
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

// TestClone_abandoned: a call that waits for a platform that takes none is given up with its last caller.
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
