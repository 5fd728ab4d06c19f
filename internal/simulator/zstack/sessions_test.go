package zstack_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// clock is a server's time, which the test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(now time.Time) *clock { return &clock{now: now} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestSessionLogInAndOut(t *testing.T) {
	t.Parallel()
	time0 := newClock(time.Date(2017, time.November, 14, 22, 20, 57, 0, time.UTC))
	server := startFront(t, zstacksim.Options{Clock: time0.Now})
	c := anonymous(t, server)
	for _, wrong := range []object{
		loginBody("admin", "nonsense"), loginBody("nobody", "password"),
		{"logInByAccount": object{"accountName": "admin", "password": "password"}}, // not hashed
		{"logInByAccount": object{}},
	} {
		c.do(http.MethodPut, "/v1/accounts/login", wrong).wantError(t, "ID.1000")
	}
	c.do(http.MethodPut, "/v1/accounts/login", object{"logInByAccount": []int{1}}).wantError(t, "SYS.1007")

	var body struct {
		Inventory struct{ UUID, AccountUUID, UserUUID, CreateDate, ExpiredDate string }
	}
	c.do(http.MethodPut, "/v1/accounts/login", loginBody(server.AccountName(), server.Password())).
		wantStatus(t, http.StatusOK).decode(t, &body)
	got := body.Inventory
	if got.CreateDate != "Nov 14, 2017 10:20:57 PM" || got.ExpiredDate != "Nov 15, 2017 12:20:57 AM" || len(got.UUID) != 32 ||
		len(got.AccountUUID) != 32 || len(got.UserUUID) != 32 {
		t.Errorf("got %+v", got)
	}
	c.session = got.UUID
	c.do(http.MethodGet, "/v1/zones", nil).wantStatus(t, http.StatusOK)

	other := anonymous(t, server) // neither of these needs a session
	valid := "/v1/accounts/sessions/" + got.UUID + "/valid"
	other.do(http.MethodGet, valid, nil).wantText(t, http.StatusOK, `{"valid":true}`)
	other.do(http.MethodDelete, "/v1/accounts/sessions/"+got.UUID, nil).wantText(t, http.StatusOK, `{}`)
	other.do(http.MethodGet, valid, nil).wantText(t, http.StatusOK, `{"valid":false}`)
	other.do(http.MethodDelete, "/v1/accounts/sessions/"+got.UUID, nil).wantText(t, http.StatusOK, `{}`)
	c.do(http.MethodGet, "/v1/zones", nil).wantError(t, "ID.1001")
	if left := server.Sessions(); len(left) != 0 {
		t.Errorf("sessions %+v", left)
	}
}

func TestSessionWithoutUUID(t *testing.T) {
	t.Parallel()
	c := anonymous(t, startFront(t, zstacksim.Options{}))
	c.do(http.MethodGet, "/v1/zones", nil, "Authorization: OAuth").wantError(t, "ID.1001")
	c.do(http.MethodGet, "/v1/zones", nil, "Authorization: OAuth nonsense").wantError(t, "ID.1001")
}

// TestSessionSlides checks that calls extend a session, but queries for jobs and for its validity do not.
func TestSessionSlides(t *testing.T) {
	t.Parallel()
	time0 := newClock(time.Now())
	server := startFront(t, zstacksim.Options{Clock: time0.Now, SessionTimeout: time.Hour})
	c := logIn(t, server)
	job := c.start(http.MethodPut, "/v1/vm-instances/"+server.ID("vm", "golden")+"/actions", object{"rebootVmInstance": object{}})
	c.end(job).wantStatus(t, http.StatusOK)
	for range 3 {
		time0.pass(50 * time.Minute)
		c.do(http.MethodGet, "/v1/zones", nil).wantStatus(t, http.StatusOK)
	}
	time0.pass(50 * time.Minute)
	c.do(http.MethodGet, job, nil).wantStatus(t, http.StatusNotFound) // after three hours
	c.do(http.MethodGet, "/v1/accounts/sessions/"+c.session+"/valid", nil).wantText(t, http.StatusOK, `{"valid":true}`)
	time0.pass(20 * time.Minute)
	if left := server.Sessions(); len(left) != 0 {
		t.Errorf("sessions %+v", left)
	}
	c.do(http.MethodGet, "/v1/zones", nil).wantError(t, "ID.1001")
}

func TestSessionExpiredInJob(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.ExpireSessions()
	action := "/v1/vm-instances/" + server.ID("vm", "golden") + "/actions"
	job := c.start(http.MethodPut, action, object{"stopVmInstance": object{}})
	c.end(job).wantError(t, "ID.1001")
	if vm, _ := server.VM("golden"); vm.State != "Running" {
		t.Errorf("golden is %s", vm.State)
	}
}

func TestSessionLimit(t *testing.T) {
	t.Parallel()
	time0 := newClock(time.Now())
	server := startFront(t, zstacksim.Options{Clock: time0.Now})
	c := anonymous(t, server)
	body := loginBody(server.AccountName(), server.Password())
	for range 500 {
		c.do(http.MethodPut, "/v1/accounts/login", body).wantStatus(t, http.StatusOK)
	}
	c.do(http.MethodPut, "/v1/accounts/login", body).wantError(t, "ID.1006")
	time0.pass(3 * time.Hour)
	c.do(http.MethodPut, "/v1/accounts/login", body).wantStatus(t, http.StatusOK)
	if got := len(server.Sessions()); got != 1 {
		t.Errorf("%d sessions", got)
	}
}
