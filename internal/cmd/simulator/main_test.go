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
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
)

// program is the built simulator, for all tests.
var program = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryFolder, "simulator")
	if output, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}

	return binary, nil
})

var binaryFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "simulator-test-")
	if err != nil {
		panic(err)
	}
	binaryFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

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

func TestServesUntilStandardInputCloses(t *testing.T) {
	t.Parallel()
	simulator := start(t)
	if simulator.access.VSphere.Thumbprint == "" || !strings.HasPrefix(simulator.access.VSphere.Endpoint, "127.0.0.1:") ||
		simulator.access.ZStack.CACertificate == "" || !strings.HasPrefix(simulator.access.ZStack.Endpoint, "127.0.0.1:") {
		t.Errorf("got %+v", simulator.access)
	}
	simulator.wantVMs(t, 21) // 20 and the template
	simulator.wantZone(t)
	if err := simulator.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	simulator.wantEnd(t, 0)
}

func TestServesUntilSignalled(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		simulator := start(t, "-vms", "2", "-stdin=false", "-task-duration", "1h")
		// Without -stdin=false the closed input would end it, with an exit code of 0 as well: see that it still serves.
		if err := simulator.stdin.Close(); err != nil {
			t.Fatal(err)
		}
		simulator.wantVMs(t, 3)
		if err := simulator.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		simulator.wantEnd(t, 0)
	}
}

func TestServesPlainHTTP(t *testing.T) {
	t.Parallel()
	simulator := start(t, "-vms", "0", "-insecure-http")
	if simulator.access.VSphere.Thumbprint != "" || !strings.HasPrefix(simulator.access.VSphere.Endpoint, "http://127.0.0.1:") ||
		simulator.access.ZStack.CACertificate != "" || !strings.HasPrefix(simulator.access.ZStack.Endpoint, "http://127.0.0.1:") {
		t.Errorf("got %+v", simulator.access)
	}
	simulator.wantVMs(t, 1)
	simulator.wantZone(t)
	if err := simulator.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	simulator.wantEnd(t, 0)
}

func TestEndsAtOnceWithoutInput(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	simulator := launch(t, null)
	simulator.readLine(t)
	simulator.wantEnd(t, 0)
	if !strings.Contains(simulator.stderr.String(), "-stdin=false") {
		t.Errorf("it does not say how to keep it: %q", simulator.stderr)
	}
}

func TestRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	taken := start(t, "-vms", "1")
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown flag":            {[]string{"-no-such"}, exitUsage, "no-such"},
		"argument":                {[]string{"stray"}, exitUsage, "stray"},
		"negative VMs":            {[]string{"-vms", "-3"}, exitUsage, "-vms"},
		"negative latency":        {[]string{"-latency", "-3s"}, exitUsage, "-latency"},
		"negative task":           {[]string{"-task-duration", "-3s"}, exitUsage, "-task-duration"},
		"vCenter's address taken": {[]string{"-vsphere", taken.access.VSphere.Endpoint}, exitFailure, taken.access.VSphere.Endpoint},
		"ZStack's address taken":  {[]string{"-zstack", taken.access.ZStack.Endpoint}, exitFailure, taken.access.ZStack.Endpoint},
		"bad address of vCenter":  {[]string{"-vsphere", "nonsense"}, exitFailure, "nonsense"},
		"bad address of ZStack":   {[]string{"-zstack", "nonsense"}, exitFailure, "nonsense"},
		"help":                    {[]string{"-h"}, 0, "-task-duration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simulator := launch(t, nil, test.args...)
			simulator.wantEnd(t, test.code)
			if !strings.Contains(simulator.stderr.String(), test.says) {
				t.Errorf("stderr %q, want %q in it", simulator.stderr, test.says)
			}
		})
	}
}
