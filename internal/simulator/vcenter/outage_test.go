package vcenter

import (
	"testing"
	"time"
)

func TestOutage(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	if stores.outage.away() {
		t.Error("away at first")
	}
	stores.sessions.create("ci")
	stores.tasks.hold("")
	record := startTestTask(stores, taskSpec{name: "Rename_Task", entity: stores.inventory.rootFolder(), user: "ci"})
	stores.outage.restart(Restart{Outage: time.Hour, AbortTasks: true})
	<-record.done
	if !stores.outage.away() || len(stores.sessions.list()) != 0 {
		t.Error("a restart ends no session, or takes no time")
	}
	if _, ok := stores.tasks.find(record.id); ok || record.problem == nil {
		t.Errorf("the task after a restart that aborts it: %+v", stores.tasks.list())
	}
	stores.outage.end()
	if stores.outage.away() {
		t.Error("away after the end")
	}
}
