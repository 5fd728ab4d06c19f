package lifecycle

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestRecently uses an answer for a minute whatever has changed, and that of a question which was asked after the change.
func TestRecently(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared, asked := NewShared(nil), 0
		ask := func(context.Context) (int, error) {
			asked++

			return asked, nil
		}
		is := func(want int, how func(context.Context, *Shared, string, func(context.Context) (int, error)) (int, error)) {
			t.Helper()
			if got, err := how(t.Context(), shared, "a", ask); err != nil || got != want {
				t.Errorf("answered %d, %v, want %d", got, err, want)
			}
		}
		is(1, Recently[int])
		shared.Process.change()()
		is(1, Recently[int])
		is(2, Once[int])
		is(2, Recently[int])
		<-time.After(answerAge)
		is(3, Recently[int])
	})
}

// TestOnceForgetsByTimeAndChange asks again after a minute and after a change of any alias, and not where changes begin together.
func TestOnceForgetsByTimeAndChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		process := &Process{}
		first, second := NewShared(nil).In(process, OverrideNone), NewShared(nil).In(process, OverrideNone)
		asked := 0
		ask := func(want int) {
			t.Helper()
			_, err := Once(t.Context(), first, "a", func(context.Context) (int, error) {
				asked++

				return asked, nil
			})
			if err != nil || asked != want {
				t.Errorf("asked %d times, want %d, %v", asked, want, err)
			}
		}
		ask(1)
		<-time.After(answerAge - 1)
		ask(1)
		<-time.After(1)
		ask(2)
		one := second.Process.change()
		ask(3)
		other := second.Process.change() // together with the first one
		ask(3)
		one()
		ask(4)
		other()
		ask(5)
		ask(5)
	})
}

// TestWalk knows a walk that applies by its saved plan, or by what it has changed, where the command starts a process for each walk.
func TestWalk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		process *Process
		changes bool
		want    Walk
	}{
		"plan":                 {byCommand("plan", false), false, WalkUnknown},
		"apply":                {byCommand("apply", false), false, WalkUnknown},
		"apply that began":     {byCommand("apply", false), true, WalkApply},
		"saved plan":           {byCommand("apply", true), false, WalkApply},
		"test after its apply": {byCommand("test", false), true, WalkUnknown},
		"no command":           {byCommand("", false), true, WalkUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.changes {
				test.process.change()()
			}
			if got := test.process.walk(); got != test.want {
				t.Errorf("walk %d, want %d", got, test.want)
			}
		})
	}
}

func byCommand(name string, savedPlan bool) *Process {
	process := &Process{}
	process.Command.Name, process.Command.SavedPlan = name, savedPlan

	return process
}
