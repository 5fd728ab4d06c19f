package zstack_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// object is a JSON object.
type object = map[string]any

// startFront starts a server over plain HTTP with only the two VMs that every server has. It is closed with
// the test.
func startFront(t *testing.T, options zstacksim.Options) *zstacksim.Server {
	t.Helper()
	options.InsecureHTTP = true
	if options.VMs == 0 {
		options.VMs = -1
	}
	server, err := zstacksim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)

	return server
}

// caller sends requests to a server as curl does.
type caller struct {
	t       *testing.T
	base    string // with the context path
	http    *http.Client
	session string
}

// anonymous returns a caller without a session.
func anonymous(t *testing.T, server *zstacksim.Server) *caller {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)

	return &caller{t: t, base: server.URL() + "/zstack", http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// logIn returns a caller with a session of its own.
func logIn(t *testing.T, server *zstacksim.Server) *caller {
	t.Helper()

	return logInAs(t, server, server.AccountName(), server.Password())
}

func logInAs(t *testing.T, server *zstacksim.Server, name, password string) *caller {
	t.Helper()
	c := anonymous(t, server)
	got := c.do(http.MethodPut, "/v1/accounts/login", loginBody(name, password))
	got.wantStatus(t, http.StatusOK)
	var body struct {
		Inventory struct{ UUID string } `json:"inventory"`
	}
	got.decode(t, &body)
	c.session = body.Inventory.UUID

	return c
}

func loginBody(account, password string) object {
	sum := sha512.Sum512([]byte(password))

	return object{"logInByAccount": object{"accountName": account, "password": hex.EncodeToString(sum[:])}}
}

// reply is the answer of a request.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func (r reply) String() string { return fmt.Sprintf("%d %s %v", r.status, r.body, r.err) }

// do sends a request. A body that is not a string is sent as JSON; headers are "Name: value".
func (c *caller) do(method, path string, body any, headers ...string) reply {
	c.t.Helper()
	var sent io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(body)
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		sent = bytes.NewReader(encoded)
	}
	address := c.base + path
	if strings.HasPrefix(path, "/_control/") {
		address = strings.TrimSuffix(c.base, "/zstack") + path
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, address, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.session != "" {
		request.Header.Set("Authorization", "OAuth "+c.session)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)

	return reply{status: answer.StatusCode, header: answer.Header, body: string(content), err: err}
}

func (r reply) wantStatus(t *testing.T, want int) reply {
	t.Helper()
	if r.err != nil || r.status != want {
		t.Fatalf("got %s, want %d", r, want)
	}

	return r
}

// wantText asserts a refusal of the REST layer.
func (r reply) wantText(t *testing.T, status int, text string) {
	t.Helper()
	if r.err != nil || r.status != status || r.body != text {
		t.Errorf("got %s, want %d %s", r, status, text)
	}
}

// wantError asserts an error of the API: 503 with a code.
func (r reply) wantError(t *testing.T, code string) failure {
	t.Helper()
	r.wantStatus(t, http.StatusServiceUnavailable)
	var body struct {
		Error failure `json:"error"`
	}
	r.decode(t, &body)
	if body.Error.Code != code {
		t.Errorf("got %s, want the code %s", r, code)
	}

	return body.Error
}

func (r reply) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("%s: %v", r, err)
	}
}

// failure is the platform's error.
type failure struct {
	Code, Description, Details string
	Cause                      *failure
}

// start sends an asynchronous call and returns the path of its job.
func (c *caller) start(method, path string, body any, headers ...string) string {
	c.t.Helper()
	got := c.do(method, path, body, headers...).wantStatus(c.t, http.StatusAccepted)
	var answer struct{ Location string }
	got.decode(c.t, &answer)
	_, job, ok := strings.Cut(answer.Location, "/zstack/v1/api-jobs/")
	if !ok {
		c.t.Fatalf("location %q", answer.Location)
	}

	return "/v1/api-jobs/" + job
}

// end polls a job until it has ended.
func (c *caller) end(job string) reply {
	c.t.Helper()
	got := reply{}
	eventually(c.t, job+" ends", func() bool {
		got = c.do(http.MethodGet, job, nil)

		return got.status != http.StatusAccepted
	})

	return got
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("it never came to be that %s", what)
		}
	}
}
