package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

// process is a running simulator.
type process struct {
	command   *exec.Cmd
	stdin     io.WriteCloser
	stdout    *bufio.Reader
	stderr    *bytes.Buffer
	temporary string // its TMPDIR
	access    ready
}

// start runs the program and reads its line.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	started := launch(t, nil, args...)
	started.readLine(t)

	return started
}

// launch runs the program; a nil stdin is a pipe that the test holds open.
func launch(t *testing.T, stdin *os.File, args ...string) *process {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	started := &process{command: exec.CommandContext(t.Context(), binary, args...), stderr: &bytes.Buffer{}, temporary: t.TempDir()}
	started.command.Env = append(os.Environ(), "TMPDIR="+started.temporary)
	started.command.Stderr = started.stderr
	if stdin != nil {
		started.command.Stdin = stdin
	} else if started.stdin, err = started.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := started.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started.stdout = bufio.NewReader(stdout)
	if err := started.command.Start(); err != nil {
		t.Fatal(err)
	}

	return started
}

func (p *process) readLine(t *testing.T) {
	t.Helper()
	line, err := p.stdout.ReadBytes('\n')
	if err != nil {
		t.Fatalf("no line of JSON: %v\n%s", err, p.stderr)
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p.access); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
}

// wantEnd waits for the end and asserts the exit code, that nothing more was printed, and that no file is left.
func (p *process) wantEnd(t *testing.T, code int) {
	t.Helper()
	timer := time.AfterFunc(5*time.Minute, func() { _ = p.command.Process.Kill() })
	defer timer.Stop()
	more, err := io.ReadAll(p.stdout)
	if err != nil || len(more) > 0 {
		t.Errorf("after the line: %q, %v", more, err)
	}
	err = p.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := p.command.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d (%v), want %d\n%s", got, err, code, p.stderr)
	}
	left, err := os.ReadDir(p.temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("left in TMPDIR: %v %v", left, err)
	}
}

// login logs in with the printed credentials, trusting the printed thumbprint and nothing else.
func (p *process) login(t *testing.T) *govmomi.Client {
	t.Helper()
	address, err := url.Parse(p.access.VSphere.Endpoint)
	if err != nil || address.Host == "" {
		address = &url.URL{Scheme: "https", Host: p.access.VSphere.Endpoint}
	}
	address.Path = "/sdk"
	transport := soap.NewClient(address, false)
	transport.SetThumbprint(address.Host, p.access.VSphere.Thumbprint)
	t.Cleanup(transport.DefaultTransport().CloseIdleConnections)
	vim, err := vim25.NewClient(t.Context(), transport)
	if err != nil {
		t.Fatal(err)
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}
	if err := client.Login(t.Context(), url.UserPassword(p.access.VSphere.Username, p.access.VSphere.Password)); err != nil {
		t.Fatal(err)
	}

	return client
}

func (p *process) wantVMs(t *testing.T, want int) {
	t.Helper()
	vms, err := find.NewFinder(p.login(t).Client).VirtualMachineList(t.Context(), "/DC0/vm/*")
	if err != nil || len(vms) != want {
		t.Errorf("%d VMs (%v), want %d", len(vms), err, want)
	}
}

// wantZone logs in to the management node with the printed account, trusting the printed certificate and nothing else, and
// asks for the zone; then once more with the printed access key.
func (p *process) wantZone(t *testing.T) {
	t.Helper()
	printed := p.access.ZStack
	base := printed.Endpoint
	if !strings.HasPrefix(base, "http://") {
		base = "https://" + base
	}
	roots := x509.NewCertPool()
	if printed.CACertificate != "" && !roots.AppendCertsFromPEM([]byte(printed.CACertificate)) {
		t.Fatalf("no certificate: %q", printed.CACertificate)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	t.Cleanup(client.CloseIdleConnections)
	ask := func(method, path, body string, header http.Header) map[string]any {
		request, err := http.NewRequestWithContext(t.Context(), method, base+"/zstack"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var decoded map[string]any
		if err := json.NewDecoder(answer.Body).Decode(&decoded); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s %v %v", method, path, answer.Status, decoded, err)
		}

		return decoded
	}
	password := sha512.Sum512([]byte(printed.Password))
	login := fmt.Sprintf(`{"logInByAccount":{"accountName":%q,"password":"%x"}}`, printed.AccountName, password)
	session := ask(http.MethodPut, "/v1/accounts/login", login, http.Header{})["inventory"].(map[string]any)["uuid"].(string)

	date := time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 MST")
	mac := hmac.New(sha1.New, []byte(printed.AccessKeySecret))
	mac.Write([]byte("GET\n" + date + "\n/v1/zones"))
	signed := "ZStack " + printed.AccessKeyID + ":" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, header := range []http.Header{
		{"Authorization": {"OAuth " + session}}, {"Authorization": {signed}, "Date": {date}},
	} {
		if zones := ask(http.MethodGet, "/v1/zones", "", header)["inventories"].([]any); len(zones) != 1 {
			t.Errorf("zones %v", zones)
		}
	}
}
