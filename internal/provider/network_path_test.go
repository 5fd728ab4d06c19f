package provider_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// The tests in this file cover a real process's network path to the platform.

// manyClones is a configuration of several resources, since each of them could retry separately.
func manyClones(server *vcenter.Server) string {
	golden, _ := server.VM("golden-template")

	return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  count        = 8
  name         = "web-${count.index}"
  source_vm_id = %q
  placement    = { resource_pool_id = %q }
}
`, golden.ID, server.ID("/DC0/host/DC0_C0/Resources"))
}

// A vCenter that is down fails a plan after a few requests in all, with what it says, and not after minutes for each resource.
func TestProcess_platformDown(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: -1})
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+manyClones(server))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	server.Restart(vcenter.Restart{Outage: time.Hour})
	server.ResetRequests()
	began := time.Now()

	plan := acctest.MustRunCLI(t, workspace, 1, "plan", "-no-color")
	if !strings.Contains(plan.Output, "HTTP 503") {
		t.Errorf("the plan does not say what is wrong:\n%s", plan.Output)
	}
	if n, most := server.Requests().Total, attemptsSince(began); n > most {
		t.Errorf("the plan asked a vCenter that is down %d times, want at most %d", n, most)
	}
	server.EndOutage()
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// attemptsSince returns how many requests a plan may send to a server that is down: those of one first contact, and of one more for each
// half a minute that a busy machine takes. The provider does not repeat a failed contact any earlier.
func attemptsSince(began time.Time) int {
	const contact, quietTime = 5, 30 * time.Second

	return contact * (1 + int(time.Since(began)/quietTime))
}

// manyZStackClones is manyClones for ZStack.
func manyZStackClones(server *zstacksim.Server) string {
	return fmt.Sprintf(`
resource "vmfork_zstack_clone" "web" {
  count          = 8
  name           = "web-${count.index}"
  source_vm_uuid = %q
}
`, server.ID("VmInstance", "golden"))
}

// A management node that is down fails a plan likewise, with either login.
func TestProcess_zstackDown(t *testing.T) {
	t.Parallel()
	for login, config := range map[string]func(*zstacksim.Server, ...string) string{
		"account": acctest.ZStackProviderConfig, "key": acctest.ZStackKeyProviderConfig,
	} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
			workspace := acctest.NewWorkspace(t, config(server)+manyZStackClones(server))
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			server.Inject(zstacksim.Fault{Status: http.StatusServiceUnavailable, Times: -1})
			server.ResetRequests()
			began := time.Now()

			plan := acctest.MustRunCLI(t, workspace, 1, "plan", "-no-color")
			if !strings.Contains(plan.Output, "HTTP 503") {
				t.Errorf("the plan does not say what is wrong:\n%s", plan.Output)
			}
			if n, most := server.Requests().Total, attemptsSince(began); n > most {
				t.Errorf("the plan asked a management node that is down %d times, want at most %d", n, most)
			}
			server.ClearFaults()
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
		})
	}
}

// HTTPS_PROXY is the way out of many networks.
func TestProcess_proxy(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: -1})
	proxy := newProxy(t, server.Endpoint())
	// Only the proxy knows the name; a client does not use a proxy for loopback addresses.
	config := strings.Replace(acctest.ProviderConfig(server), server.Endpoint(), "vcenter.invalid:443", 1)
	workspace := acctest.NewWorkspace(t, config+manyClones(server), "HTTPS_PROXY="+proxy.url)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if asked := proxy.asked.Load(); asked == nil || *asked != "vcenter.invalid:443" {
		t.Errorf("the proxy was asked for %v", asked)
	}
	if _, found := server.VM("web-0"); found {
		t.Error("the destroy left something behind")
	}
}

// ZStack's management nodes stand behind proxies as well.
func TestProcess_zstackProxy(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	proxy := newProxy(t, server.Endpoint())
	config := strings.Replace(acctest.ZStackProviderConfig(server, "allow_unverified_tls = true"), server.URL(), "https://zstack.invalid", 1)
	config = withoutLine(config, "ca_certificate") // it is not for that name
	workspace := acctest.NewWorkspace(t, config+manyZStackClones(server), "HTTPS_PROXY="+proxy.url)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if asked := proxy.asked.Load(); asked == nil || *asked != "zstack.invalid:443" {
		t.Errorf("the proxy was asked for %v", asked)
	}
	if _, found := server.VM("web-0"); found {
		t.Error("the destroy left something behind")
	}
}

// withoutLine drops the lines that set something.
func withoutLine(config, setting string) string {
	var kept []string
	for line := range strings.Lines(config) {
		if !strings.HasPrefix(strings.TrimSpace(line), setting) {
			kept = append(kept, line)
		}
	}

	return strings.Join(kept, "")
}

// proxy forwards every connection to one address.
type proxy struct {
	url   string
	asked atomic.Pointer[string]
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "http://" + listener.Addr().String()}
	var connections sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close() // it ends the loop below
		connections.Wait()
	})
	connections.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() { p.forward(connection, to) })
		}
	})

	return p
}

// forward answers CONNECT and copies what follows, both ways.
func (p *proxy) forward(from net.Conn, to string) {
	defer func() { _ = from.Close() }()
	reader := bufio.NewReader(from)
	request, err := http.ReadRequest(reader)
	if err != nil || request.Method != http.MethodConnect {
		_, _ = io.WriteString(from, "HTTP/1.1 405 Method Not Allowed\r\n\r\n")

		return
	}
	p.asked.Store(&request.Host)
	target, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = target.Close() }()
	_, _ = io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(from, target)
		_ = from.Close()
	})
	_, _ = io.Copy(target, reader)
	_ = target.Close()
	back.Wait()
}
