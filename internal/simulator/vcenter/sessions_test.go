package vcenter

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestSessionStore_tokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sessions := &sessionStore{}
		first, second := sessions.create("ci"), sessions.create("admin")
		<-time.After(time.Minute) // of the bubble's clock
		if user, ok := sessions.use(first); !ok || user != "ci" {
			t.Errorf("the first session is of %q", user)
		}
		session, ok := sessions.find(first)
		if !ok || session.used.Sub(session.created) != time.Minute {
			t.Errorf("the session: %+v", session)
		}
		if session, _ := sessions.find(second); !session.used.Equal(session.created) {
			t.Errorf("a session that was not used: %+v", session)
		}
		sessions.remove(first)
		if _, ok := sessions.use(first); ok {
			t.Error("a session that was deleted is open")
		}
		sessions.expire()
		if _, ok := sessions.find(second); ok {
			t.Error("a session that expired is open")
		}
	})
}

func TestSessionStore_expireAll(t *testing.T) {
	t.Parallel()
	stores, _ := startLogged(t, Options{VMs: -1})
	stores.sessions.create("ci")
	kinds := map[string]int{}
	for _, session := range stores.sessions.list() {
		kinds[session.Kind]++
	}
	if kinds["soap"] != 1 || kinds["rest"] != 1 {
		t.Fatalf("open sessions: %v", kinds)
	}
	key := stores.inventory.soapSessions()[0].Key
	if !stores.inventory.hasOpenSession(key) || stores.inventory.hasOpenSession("") {
		t.Errorf("session %s is not open", key)
	}
	stores.collectors.create(key)
	stores.sessions.expireAll()
	if open := stores.sessions.list(); len(open) != 0 || stores.inventory.hasOpenSession(key) {
		t.Errorf("open after the end: %v", open)
	}
	if collectors, _ := stores.collectors.totals(); collectors != 0 {
		t.Errorf("%d collectors outlasted their session", collectors)
	}
}
