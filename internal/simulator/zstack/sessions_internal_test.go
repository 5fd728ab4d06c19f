package zstack

import (
	"testing"
	"time"
)

func TestSessionStore(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	clock := &testClock{now: start}
	sessions := newSessionStore(clock.time, time.Hour)
	first, failure := sessions.openSession(account{uuid: adminAccount, name: adminName})
	hasCode(t, failure, "")

	clock.now = start.Add(time.Hour)
	if !sessions.valid(first.uuid) {
		t.Error("the session ended early")
	}
	_, failure = sessions.use(first.uuid)
	hasCode(t, failure, "")
	clock.now = start.Add(2 * time.Hour)
	if !sessions.valid(first.uuid) {
		t.Error("the use did not extend the session")
	}
	clock.now = clock.now.Add(time.Second)
	if sessions.valid(first.uuid) || len(sessions.Sessions()) != 0 {
		t.Error("validating extended the session")
	}
	_, failure = sessions.use(first.uuid)
	hasCode(t, failure, codeInvalidSession)
	_, failure = sessions.use("")
	hasCode(t, failure, codeInvalidSession)

	for range maxSessions {
		if _, failure := sessions.openSession(account{uuid: adminAccount, name: adminName}); failure != nil {
			t.Fatalf("%+v", failure)
		}
	}
	_, failure = sessions.openSession(account{uuid: adminAccount, name: adminName})
	hasCode(t, failure, codeTooManySessions)
	open := sessions.Sessions()
	sessions.remove(open[0].UUID)
	sessions.remove(open[0].UUID)
	if _, failure := sessions.openSession(account{uuid: adminAccount, name: adminName}); failure != nil {
		t.Errorf("no room after a log-out: %+v", failure)
	}
	sessions.ExpireSessions()
	if len(sessions.Sessions()) != 0 {
		t.Error("sessions are left")
	}
}
