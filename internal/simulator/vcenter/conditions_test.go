package vcenter

import "testing"

func TestConditionStore(t *testing.T) {
	t.Parallel()
	conditions := &conditionStore{}
	first, second := vmRef("vm-1"), vmRef("vm-2")
	if got := conditions.of(first); got != (condition{}) {
		t.Errorf("at first: %+v", got)
	}
	conditions.change(first, func(c *condition) { c.busy = true })
	conditions.change(first, func(c *condition) { c.quiesceFails = true })
	if got := conditions.of(first); got != (condition{busy: true, quiesceFails: true}) || conditions.of(second).busy {
		t.Errorf("after two changes: %+v", got)
	}
	for _, want := range []int32{1, 2} {
		if got := conditions.nextSnapshot(first); got != want {
			t.Errorf("snapshot %d, want %d", got, want)
		}
	}
	if got := conditions.nextSnapshot(second); got != 1 {
		t.Errorf("the first snapshot of another VM has number %d", got)
	}
	conditions.forget(first)
	if conditions.of(first).busy || conditions.nextSnapshot(first) != 1 {
		t.Error("a VM that is gone is remembered")
	}
}
