package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// zstackData needs a connection to ZStack.
const zstackData = `
data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}
`

// byAccount and byKey are the settings of both logins.
func byAccount(server *zstacksim.Server) map[string]any {
	return map[string]any{"account_name": server.AccountName(), "password": server.Password()}
}

func byKey(server *zstacksim.Server) map[string]any {
	return map[string]any{"access_key_id": server.AccessKeyID(), "access_key_secret": server.AccessKeySecret()}
}

// TestAccConnectionZStack_refused holds the diagnostic of each thing that goes wrong between the provider and ZStack to a
// golden file, as a user of a real CLI gets it.
func TestAccConnectionZStack_refused(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		options  zstacksim.Options
		settings func(t *testing.T, server *zstacksim.Server) map[string]any // beside endpoint and certificate; nil is no block
	}{
		"unreachable": {settings: func(t *testing.T, server *zstacksim.Server) map[string]any {
			t.Helper()

			return with(byAccount(server), "endpoint", closedPort(t))
		}},
		"plain_http": {
			options: zstacksim.Options{InsecureHTTP: true},
			settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
				return with(byAccount(server), "endpoint", server.Endpoint())
			},
		},
		"speaks_tls": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byAccount(server), "endpoint", "http://"+server.Endpoint())
		}},
		"speaks_tls_to_a_key": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byKey(server), "endpoint", "http://"+server.Endpoint())
		}},
		"expired_certificate": {settings: func(t *testing.T, server *zstacksim.Server) map[string]any {
			t.Helper()
			endpoint, certificate := certified(t, expired)

			return with(with(byAccount(server), "endpoint", endpoint), "ca_certificate", certificate)
		}},
		"certificate_of_another_name": {settings: func(t *testing.T, server *zstacksim.Server) map[string]any {
			t.Helper()
			endpoint, certificate := certified(t, ofAnotherName)

			return with(with(byAccount(server), "endpoint", endpoint), "ca_certificate", certificate)
		}},
		"wrong_password": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byAccount(server), "password", "hunter2")
		}},
		"wrong_secret": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byKey(server), "access_key_secret", "hunter2")
		}},
		"wrong_clock": {
			options:  zstacksim.Options{Clock: func() time.Time { return time.Now().UTC().Add(time.Hour) }},
			settings: func(_ *testing.T, server *zstacksim.Server) map[string]any { return byKey(server) },
		},
		"wrong_zone": {
			options:  zstacksim.Options{Clock: func() time.Time { return time.Now().In(time.FixedZone("CST", 8*60*60)) }},
			settings: func(_ *testing.T, server *zstacksim.Server) map[string]any { return byKey(server) },
		},
		"untrusted_certificate": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byAccount(server), "ca_certificate", nil)
		}},
		"not_a_zstack": {settings: func(t *testing.T, server *zstacksim.Server) map[string]any {
			t.Helper()
			website := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("<html>It works!</html>")) // a client that went away
			}))
			t.Cleanup(website.Close)

			return with(byAccount(server), "endpoint", website.URL)
		}},
		"half_given": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(byAccount(server), "password", nil)
		}},
		"both_given": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			both := byAccount(server)
			maps.Copy(both, byKey(server))

			return both
		}},
		"missing_block": {},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.ZStack(t, test.options)
			var settings map[string]any
			if test.settings != nil {
				settings = test.settings(t, server)
			}
			workspace := acctest.NewWorkspace(t, zstackProviderBlock(server, settings)+zstackData)
			result := acctest.RunCLI(t, workspace, "plan", "-json")
			if result.ExitCode != 1 {
				t.Errorf("exit code %d", result.ExitCode)
			}
			got := diagnostics(t, result.Output)
			if endpoint, ok := settings["endpoint"].(string); ok {
				got = strings.ReplaceAll(got, strings.TrimPrefix(strings.TrimPrefix(endpoint, "https://"), "http://"), "ENDPOINT")
			}
			golden(t, "zstack_"+name, steady(strings.ReplaceAll(got, server.Endpoint(), "ENDPOINT")))
		})
	}
}

// TestAccConnectionZStack_trusted connects with each way to trust a certificate and each way to log in, and with the environment
// alone.
func TestAccConnectionZStack_trusted(t *testing.T) {
	t.Parallel()

	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	inShanghai := zstacksim.Options{Clock: func() time.Time { return time.Now().In(shanghai) }}
	plain := zstacksim.Options{InsecureHTTP: true}
	account := func(_ *testing.T, server *zstacksim.Server) map[string]any { return byAccount(server) }

	tests := map[string]struct {
		options     zstacksim.Options
		settings    func(t *testing.T, server *zstacksim.Server) map[string]any
		environment func(server *zstacksim.Server) []string
	}{
		"certificate": {settings: account},
		"certificate file": {settings: func(t *testing.T, server *zstacksim.Server) map[string]any {
			t.Helper()
			certificate := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(certificate, []byte(server.CACertificate()), 0o600); err != nil {
				t.Fatal(err)
			}

			return with(byAccount(server), "ca_certificate", certificate)
		}},
		"any certificate": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
			return with(with(byAccount(server), "ca_certificate", nil), "allow_unverified_tls", true)
		}},
		"plain HTTP": {options: plain, settings: account},
		"access key": {settings: func(_ *testing.T, server *zstacksim.Server) map[string]any { return byKey(server) }},
		"access key of another zone": {
			options: inShanghai,
			settings: func(_ *testing.T, server *zstacksim.Server) map[string]any {
				return with(byKey(server), "time_zone", "Asia/Shanghai")
			},
		},
		"account in the environment": {options: plain, environment: func(server *zstacksim.Server) []string {
			host, port, _ := strings.Cut(server.Endpoint(), ":")

			return []string{
				"ZSTACK_HOST=http://" + host, "ZSTACK_PORT=" + port,
				"ZSTACK_ACCOUNT_NAME=" + server.AccountName(), "ZSTACK_ACCOUNT_PASSWORD=" + server.Password(),
			}
		}},
		"access key in the environment": {options: plain, environment: func(server *zstacksim.Server) []string {
			return []string{
				"ZSTACK_HOST=" + server.URL(),
				"ZSTACK_ACCESS_KEY_ID=" + server.AccessKeyID(), "ZSTACK_ACCESS_KEY_SECRET=" + server.AccessKeySecret(),
			}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.ZStack(t, test.options)
			config, environment := zstackData, []string(nil)
			if test.settings != nil {
				config += zstackProviderBlock(server, test.settings(t, server))
			} else {
				environment = test.environment(server)
			}
			workspace := acctest.NewWorkspace(t, config, environment...)
			if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
				t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
			}
		})
	}
}

// TestAccConnectionZStack_lazy plans without a connection where nothing needs one.
func TestAccConnectionZStack_lazy(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t)
	workspace := acctest.NewWorkspace(t, acctest.ZStackProviderConfig(server))
	if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if total := server.Requests().Total; total != 0 {
		t.Errorf("%d requests for nothing", total)
	}
}

// TestAccConnectionZStack_noSecretInLogs runs with the wordiest log and looks for what must not be there: a password, what
// is sent in its place, a session, an access key's secret.
func TestAccConnectionZStack_noSecretInLogs(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t, zstacksim.Options{InsecureHTTP: true})
	account := func(password string) []string {
		return []string{"ZSTACK_ACCOUNT_NAME=" + server.AccountName(), "ZSTACK_ACCOUNT_PASSWORD=" + password}
	}
	key := func(secret string) []string {
		return []string{"ZSTACK_ACCESS_KEY_ID=" + server.AccessKeyID(), "ZSTACK_ACCESS_KEY_SECRET=" + secret}
	}
	const wrong = "hunter2-correct-horse"
	tests := map[string]struct {
		environment []string
		secrets     []string
	}{
		// The right password is an everyday word.
		"right password": {account(server.Password()), []string{digestOf(server.Password())}},
		"wrong password": {account(wrong), []string{wrong, digestOf(wrong)}},
		"right secret":   {key(server.AccessKeySecret()), []string{server.AccessKeySecret()}},
		"wrong secret":   {key(wrong), []string{wrong}},
	}
	for name, test := range tests {
		log := filepath.Join(t.TempDir(), "trace.log")
		environment := append([]string{"TF_LOG=TRACE", "TF_LOG_PATH=" + log, "ZSTACK_HOST=" + server.URL()}, test.environment...)
		workspace := acctest.NewWorkspace(t, zstackData, environment...)
		result := acctest.RunCLI(t, workspace, "plan", "-no-color")
		content, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), "provider.terraform-provider-vmfork") {
			t.Errorf("%s: the log does not hold the provider's records", name)
		}
		for line := range strings.Lines(string(content) + result.Output) {
			for _, secret := range append(test.secrets, "OAuth ") {
				if strings.Contains(line, secret) {
					t.Errorf("%s: it shows in: %s", name, line)
				}
			}
		}
	}
}

// TestAccDeferredZStack cannot be read before the endpoint is known, and says so.
func TestAccDeferredZStack(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t, zstacksim.Options{InsecureHTTP: true})
	workspace := acctest.NewWorkspace(t, fmt.Sprintf(`
resource "terraform_data" "endpoint" {
  input = %q
}

provider "vmfork" {
  zstack = {
    endpoint     = terraform_data.endpoint.output
    account_name = %q
    password     = %q
  }
}
`, server.URL(), server.AccountName(), server.Password())+zstackData)
	golden(t, "zstack_unknown_endpoint", diagnostics(t, acctest.RunCLI(t, workspace, "plan", "-json").Output))

	for _, args := range [][]string{{"-target=terraform_data.endpoint"}, nil} {
		result := acctest.RunCLI(t, workspace, append([]string{"apply", "-no-color", "-auto-approve"}, args...)...)
		if result.ExitCode != 0 {
			t.Errorf("apply %v: exit code %d:\n%s", args, result.ExitCode, result.Output)
		}
	}
}
