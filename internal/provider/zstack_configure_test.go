package provider

import (
	"crypto/sha512"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestConfigureZStack_refuses shows what only the environment together with the configuration can tell.
func TestConfigureZStack_refuses(t *testing.T) {
	t.Parallel()

	const noCredentials = "zstack: zstack has no credentials | Set either zstack.account_name and zstack.password (environment: " +
		"ZSTACK_ACCOUNT_NAME and ZSTACK_ACCOUNT_PASSWORD), or zstack.access_key_id and zstack.access_key_secret (environment: " +
		"ZSTACK_ACCESS_KEY_ID and ZSTACK_ACCESS_KEY_SECRET)."
	tests := map[string]struct {
		block       block
		environment map[string]string
		want        []string
	}{
		"empty block": {
			block: block{},
			want: []string{
				"zstack.endpoint: zstack.endpoint is not set | Set zstack.endpoint, or ZSTACK_HOST in the environment.",
				noCredentials,
			},
		},
		"endpoint alone": {block: block{"endpoint": "mn.example.com"}, want: []string{noCredentials}},
		"account without password": {
			block: block{"endpoint": "mn.example.com", "account_name": "ci"}, environment: zstackKeyEnvironment,
			want: []string{"zstack.password: zstack.password is not set | Set zstack.password, or ZSTACK_ACCOUNT_PASSWORD in the environment."},
		},
		"half a key": {
			block: block{"access_key_secret": "key"}, environment: zstackEnvironment,
			want: []string{"zstack.access_key_id: zstack.access_key_id is not set | Set zstack.access_key_id, or ZSTACK_ACCESS_KEY_ID in the environment."},
		},
		"no port": {
			environment: map[string]string{
				"ZSTACK_HOST": "mn.example.com", "ZSTACK_PORT": "http", "ZSTACK_ACCOUNT_NAME": "ci", "ZSTACK_ACCOUNT_PASSWORD": "secret",
			},
			want: []string{"zstack.endpoint: zstack.endpoint can't be used | zstack.endpoint, from ZSTACK_PORT in the environment, must be a " +
				"port, from 1 to 65535."},
		},
		"malformed host": {
			environment: map[string]string{"ZSTACK_HOST": "ftp://mn", "ZSTACK_ACCOUNT_NAME": "ci", "ZSTACK_ACCOUNT_PASSWORD": "secret"},
			want: []string{"zstack.endpoint: zstack.endpoint can't be used | zstack.endpoint, from ZSTACK_HOST in the environment, must be a " +
				"host name or IP address with an optional port, or an https or http URL.\n\nThe scheme must be https or http."},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := providerserver.NewProtocol6(&Provider{version: "test", getenv: lookUp(test.environment)})()
			resp, err := server.ConfigureProvider(t.Context(),
				&tfprotov6.ConfigureProviderRequest{Config: wire(t, zstackConfig(t, test.block))})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, resp.Diagnostics, test.want)
		})
	}
}

// TestConfigureZStack_deferral tells what resources get when the block is not known before apply.
func TestConfigureZStack_deferral(t *testing.T) {
	t.Parallel()

	for name, allowed := range map[string]bool{"the CLI defers": true, "the CLI cannot defer": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := &Provider{version: "test", getenv: lookUp(environment)}
			var resp provider.ConfigureResponse
			p.Configure(t.Context(), provider.ConfigureRequest{
				Config:             zstackConfig(t, block{"endpoint": unknown}),
				ClientCapabilities: provider.ConfigureProviderClientCapabilities{DeferralAllowed: allowed},
			}, &resp)

			if resp.Diagnostics.HasError() {
				t.Fatal(resp.Diagnostics)
			}
			if deferred := resp.Deferred != nil; deferred != allowed {
				t.Errorf("deferred: %t", deferred)
			}
			if client, diags := connections.ZStackFrom(resp.ResourceData); client != nil || diags.HasError() {
				t.Errorf("client %v, diagnostics %v", client, diags)
			}
			// The other platform is not held up where the CLI can't defer.
			if client, diags := connections.VSphereFrom(resp.ResourceData); client == nil || diags.HasError() {
				t.Errorf("client %v, diagnostics %v", client, diags)
			}
		})
	}
}

// TestConfigureZStack_absentBlock is an error only for what needs the block.
func TestConfigureZStack_absentBlock(t *testing.T) {
	t.Parallel()

	p := &Provider{version: "test", getenv: lookUp(map[string]string{"ZSTACK_ACCESS_KEY_ID": "id", "ZSTACK_PORT": "never looked at"})}
	var resp provider.ConfigureResponse
	p.Configure(t.Context(), provider.ConfigureRequest{Config: zstackConfig(t, nil)}, &resp)
	if len(resp.Diagnostics) != 0 {
		t.Fatal(resp.Diagnostics)
	}

	_, diags := connections.ZStackFrom(resp.DataSourceData)
	want := diag.NewErrorDiagnostic("The provider has no zstack configuration",
		"This needs to know which platform to speak to, and as whom. Add a zstack block to the provider:\n\n"+
			"  provider \"vmfork\" {\n    zstack = {\n      # …\n    }\n  }\n\n"+
			"Or set ZSTACK_HOST, ZSTACK_ACCOUNT_NAME and ZSTACK_ACCOUNT_PASSWORD in the environment, or ZSTACK_HOST, "+
			"ZSTACK_ACCESS_KEY_ID and ZSTACK_ACCESS_KEY_SECRET.\n\nZSTACK_HOST and ZSTACK_ACCESS_KEY_SECRET are not set.")
	if len(diags) != 1 || !diags[0].Equal(want) {
		t.Errorf("got %v", diags)
	}
}

// TestZStackSecrets are masked in the log in every form in which they are sent.
func TestZStackSecrets(t *testing.T) {
	t.Parallel()

	digest := sha512.Sum512([]byte("password"))
	for want, config := range map[string]zstack.Config{
		"password":                    {Password: "password"},
		hex.EncodeToString(digest[:]): {Password: "password"},
		"secret":                      {AccessKeySecret: "secret"},
	} {
		if got := (zstackSettings{config: config}).secrets(); !slices.Contains(got, want) {
			t.Errorf("%q does not hold %q", got, want)
		}
	}
}
