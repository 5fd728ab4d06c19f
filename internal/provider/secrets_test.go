package provider_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// eavesdropper is a proxy in front of a platform that records the values that open sessions there. Clients know the platform's
// password as another word, one that appears nowhere else in a log.
type eavesdropper struct {
	proxy     *httputil.ReverseProxy
	word, own string // the password as clients know it, and the platform's

	mu    sync.Mutex
	heard map[string]bool
}

// sessionsMade finds the sessions that answers to logins hold: of ZStack and of vCenter's REST API.
var sessionsMade = regexp.MustCompile(`^\s*(?:\{"inventory":\{.*?"uuid":"([0-9a-f]{32})"|"([^"]{8,})"\s*$)`)

func eavesdrop(t *testing.T, platform, word, own string) (*eavesdropper, string) {
	t.Helper()
	behind, err := url.Parse(platform)
	if err != nil {
		t.Fatal(err)
	}
	e := &eavesdropper{proxy: httputil.NewSingleHostReverseProxy(behind), word: word, own: own, heard: map[string]bool{}}
	e.proxy.ModifyResponse = func(answer *http.Response) error {
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		answer.Body = io.NopCloser(bytes.NewReader(body))
		for _, cookie := range answer.Cookies() {
			e.note(strings.Trim(cookie.Value, `"`))
		}
		e.note(answer.Header.Get("Vmware-Api-Session-Id"))
		path := answer.Request.URL.Path
		if made := sessionsMade.FindSubmatch(body); made != nil && (strings.HasSuffix(path, "/login") || strings.HasSuffix(path, "/session")) {
			e.note(string(made[1]) + string(made[2]))
		}

		return nil
	}
	front := httptest.NewServer(e)
	t.Cleanup(front.Close)

	return e, front.URL
}

func (e *eavesdropper) note(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(secret) >= 8 {
		e.heard[secret] = true
	}
}

// ServeHTTP implements http.Handler.
func (e *eavesdropper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	_, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	e.note(credentials)
	if user, password, basic := r.BasicAuth(); basic && password == e.word {
		r.SetBasicAuth(user, e.own)
	}
	body = bytes.ReplaceAll(body, []byte(e.word), []byte(e.own))
	body = bytes.ReplaceAll(body, []byte(digest(e.word)), []byte(digest(e.own)))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	e.proxy.ServeHTTP(w, r)
}

// digest is a password as ZStack wants it.
func digest(password string) string {
	sum := sha512.Sum512([]byte(password))

	return hex.EncodeToString(sum[:])
}

// everyResource is a configuration of all six.
func everyResource(sim *vcenter.Server, node *zstacksim.Server) string {
	running := func(name string) string {
		vm, _ := sim.VM(name)

		return vm.ID
	}

	return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "one" {
  name         = "one"
  source_vm_id = %q
  placement    = { resource_pool_id = %q }
}
resource "vmfork_vsphere_instant_clone" "two" {
  name         = "two"
  source_vm_id = %q
}
resource "vmfork_vsphere_snapshot" "three" {
  name  = "three"
  vm_id = %q
}
resource "vmfork_vsphere_ft_secondary" "four" {
  primary_vm_id = %q
}
resource "vmfork_zstack_clone" "five" {
  name           = "five"
  source_vm_uuid = %q
}
resource "vmfork_zstack_snapshot" "six" {
  name    = "six"
  vm_uuid = vmfork_zstack_clone.five.id
}
`, running("golden-template"), sim.ID("/DC0/host/DC0_C0/Resources"), running("DC0_C0_RP0_VM0"), running("DC0_C0_RP0_VM1"),
		running("DC0_C0_RP0_VM2"), node.ID("vm", "golden"))
}

// TestProcess_noSecretAnywhere runs all six resources from apply to destroy with the CLI's log at TRACE, and then looks for
// everything that could open a session in log, state, plan and output.
func TestProcess_noSecretAnywhere(t *testing.T) {
	t.Parallel()
	const vspherePassword, zstackPassword = "correct-horse-battery", "staple-of-the-zoo"
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			sim := acctest.VSphere(t, vcenter.Options{VMs: 3, InsecureHTTP: true})
			node := acctest.ZStack(t, zstacksim.Options{VMs: -1, InsecureHTTP: true})
			onVSphere, vsphereURL := eavesdrop(t, "http://"+sim.Endpoint(), vspherePassword, sim.Password())
			onZStack, zstackURL := eavesdrop(t, node.URL(), zstackPassword, node.Password())
			log := filepath.Join(t.TempDir(), "trace.log")
			environment := []string{
				"TF_LOG=TRACE", "TF_LOG_PATH=" + log, "VSPHERE_SERVER=" + vsphereURL, "VSPHERE_USER=" + sim.Username(),
				"VSPHERE_PASSWORD=" + vspherePassword, "ZSTACK_HOST=" + zstackURL,
			}
			secrets := []string{vspherePassword}
			if api == "soap" { // and with the other one an access key
				environment = append(environment, "ZSTACK_ACCOUNT_NAME="+node.AccountName(), "ZSTACK_ACCOUNT_PASSWORD="+zstackPassword)
				secrets = append(secrets, zstackPassword, digest(zstackPassword))
			} else {
				environment = append(environment, "ZSTACK_ACCESS_KEY_ID="+node.AccessKeyID(), "ZSTACK_ACCESS_KEY_SECRET="+node.AccessKeySecret())
				secrets = append(secrets, node.AccessKeySecret())
			}
			settings := fmt.Sprintf("\nprovider \"vmfork\" {\n  vsphere = { api = %q }\n}\n", api)
			workspace := acctest.NewWorkspace(t, settings+everyResource(sim, node), environment...)

			found := map[string]string{}
			found["plan"] = acctest.MustRunCLI(t, workspace, 0, "plan", "-no-color", "-out=saved").Output
			found["saved plan"] = acctest.MustRunCLI(t, workspace, 0, "show", "-json", "saved").Output
			found["apply"] = acctest.MustRunCLI(t, workspace, 0, "apply", "-no-color", "-auto-approve").Output
			found["state"] = contentOf(t, filepath.Join(workspace.Dir, "terraform.tfstate"))
			sim.Inject(vcenter.Fault{Method: "RetrievePropertiesEx", Status: http.StatusTeapot})
			found["error"] = acctest.MustRunCLI(t, workspace, 1, "plan", "-no-color").Output
			sim.ClearFaults()
			found["destroy"] = acctest.MustRunCLI(t, workspace, 0, "destroy", "-no-color", "-auto-approve").Output
			found["log"] = contentOf(t, log)

			heard := append(slices.Collect(maps.Keys(onVSphere.heard)), slices.Collect(maps.Keys(onZStack.heard))...)
			if len(onVSphere.heard) < 2 || len(onZStack.heard) == 0 || !strings.Contains(found["log"], "CloneVmInstance") {
				t.Fatalf("the test does not hear what it should: %d and %d secrets", len(onVSphere.heard), len(onZStack.heard))
			}
			for _, secret := range append(secrets, heard...) {
				for where, text := range found {
					if at := strings.Index(text, secret); at >= 0 {
						t.Errorf("the %s has %q: %.200q", where, secret, text[max(0, at-100):])
					}
				}
			}
		})
	}
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	return string(content)
}
