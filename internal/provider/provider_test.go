package provider

import (
	"context"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// block is a vsphere or zstack block: attribute → string, bool, int or unknown. Nil is an absent block.
type block map[string]any

// unknown is a value that is known only after apply.
var unknown = tftypes.UnknownValue

// environment is a complete set of variables.
var environment = map[string]string{
	"VSPHERE_SERVER": "env.example.com", "VSPHERE_USER": "env-user", "VSPHERE_PASSWORD": "env-password",
}

func TestReadVSphere(t *testing.T) {
	t.Parallel()

	complete := block{"endpoint": "vcenter.example.com", "username": "ci", "password": "secret"}
	fromEnvironment := vsphere.Config{Endpoint: "env.example.com", Username: "env-user", Password: "env-password"}
	fromBlock := vsphere.Config{Endpoint: "vcenter.example.com", Username: "ci", Password: "secret"}

	tests := map[string]struct {
		block       block
		environment map[string]string
		want        vsphereSettings
	}{
		"nothing": {
			want: vsphereSettings{unset: []string{"VSPHERE_SERVER", "VSPHERE_USER", "VSPHERE_PASSWORD"}},
		},
		"no block, half an environment": {
			environment: map[string]string{"VSPHERE_SERVER": "env.example.com"},
			want: vsphereSettings{
				config: vsphere.Config{Endpoint: "env.example.com"},
				unset:  []string{"VSPHERE_USER", "VSPHERE_PASSWORD"},
			},
		},
		"no block, whole environment": {environment: environment, want: vsphereSettings{config: fromEnvironment}},
		"empty block, whole environment": {
			block: block{}, environment: environment, want: vsphereSettings{config: fromEnvironment},
		},
		"block before environment": {block: complete, environment: environment, want: vsphereSettings{config: fromBlock}},
		"password from the environment": {
			block:       block{"endpoint": "vcenter.example.com", "username": "ci"},
			environment: environment,
			want: vsphereSettings{
				config: vsphere.Config{Endpoint: "vcenter.example.com", Username: "ci", Password: "env-password"},
			},
		},
		"everything": {
			block: block{
				"endpoint": "vcenter.example.com", "username": "ci", "password": "secret", "thumbprint": sha1Thumbprint,
				"allow_unverified_tls": false, "session_cache": "/cache", "api": "json", "max_concurrent_tasks": 8, "request_timeout": "90s",
			},
			want: vsphereSettings{config: vsphere.Config{
				Endpoint: "vcenter.example.com", Username: "ci", Password: "secret", Thumbprint: sha1Thumbprint,
				SessionCache: "/cache", API: vsphere.APIJSON, MaxConcurrentTasks: 8, RequestTimeout: 90 * time.Second,
			}},
		},
		"unverified by the environment": {
			block:       complete,
			environment: map[string]string{"VSPHERE_ALLOW_UNVERIFIED_SSL": "true"},
			want: vsphereSettings{config: vsphere.Config{
				Endpoint: "vcenter.example.com", Username: "ci", Password: "secret", AllowUnverifiedTLS: true,
			}},
		},
		"false before the environment's true": {
			block:       block{"endpoint": "vcenter.example.com", "username": "ci", "password": "secret", "allow_unverified_tls": false},
			environment: map[string]string{"VSPHERE_ALLOW_UNVERIFIED_SSL": "true"},
			want:        vsphereSettings{config: fromBlock},
		},
		"a thumbprint before the environment's true": {
			block:       block{"endpoint": "vcenter.example.com", "username": "ci", "password": "secret", "thumbprint": sha1Thumbprint},
			environment: map[string]string{"VSPHERE_ALLOW_UNVERIFIED_SSL": "1"},
			want: vsphereSettings{config: vsphere.Config{
				Endpoint: "vcenter.example.com", Username: "ci", Password: "secret", Thumbprint: sha1Thumbprint,
			}},
		},
		"an unknown value": {
			block:       block{"endpoint": unknown, "username": "ci", "password": "secret"},
			environment: environment,
			want:        vsphereSettings{deferred: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var config providerModel
			source := providerConfig(t, test.block)
			if diags := source.Get(t.Context(), &config); diags.HasError() {
				t.Fatal(diags)
			}
			got, diags := readVSphere(t.Context(), config.VSphere, lookUp(test.environment))
			if diags.HasError() {
				t.Fatal(diags)
			}
			test.want.dryRun = !test.want.deferred
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// TestConfigure_deferral tells what resources get when the block is not known before apply.
func TestConfigure_deferral(t *testing.T) {
	t.Parallel()

	for name, allowed := range map[string]bool{"the CLI defers": true, "the CLI cannot defer": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := &Provider{version: "test", getenv: lookUp(nil)}
			req := provider.ConfigureRequest{
				Config:             providerConfig(t, block{"endpoint": unknown}),
				ClientCapabilities: provider.ConfigureProviderClientCapabilities{DeferralAllowed: allowed},
			}
			var resp provider.ConfigureResponse
			p.Configure(t.Context(), req, &resp)

			if resp.Diagnostics.HasError() {
				t.Fatal(resp.Diagnostics)
			}
			if deferred := resp.Deferred != nil; deferred != allowed {
				t.Errorf("deferred: %t", deferred)
			}
			client, diags := connections.VSphereFrom(resp.ResourceData)
			if client != nil || diags.HasError() {
				t.Errorf("client %v, diagnostics %v", client, diags)
			}
		})
	}
}

// TestConfigure_absentBlock is an error only for what needs the block.
func TestConfigure_absentBlock(t *testing.T) {
	t.Parallel()

	p := &Provider{version: "test", getenv: lookUp(map[string]string{"VSPHERE_USER": "ci"})}
	var resp provider.ConfigureResponse
	p.Configure(t.Context(), provider.ConfigureRequest{Config: providerConfig(t, nil)}, &resp)
	if len(resp.Diagnostics) != 0 {
		t.Fatal(resp.Diagnostics)
	}

	_, diags := connections.VSphereFrom(resp.DataSourceData)
	want := diag.NewErrorDiagnostic("The provider has no vsphere configuration",
		"This needs to know which platform to speak to, and as whom. Add a vsphere block to the provider:\n\n"+
			"  provider \"vmfork\" {\n    vsphere = {\n      # …\n    }\n  }\n\n"+
			"Or set VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD in the environment.\n\n"+
			"Of these, VSPHERE_SERVER and VSPHERE_PASSWORD are not set.")
	if len(diags) != 1 || !diags[0].Equal(want) {
		t.Errorf("got %v", diags)
	}
}

// TestClose_everyConfiguration closes the clients of all configurations and both platforms, and only once.
func TestClose_everyConfiguration(t *testing.T) {
	t.Parallel()

	both := maps.Clone(environment)
	maps.Copy(both, zstackEnvironment)
	p := &Provider{version: "test", getenv: lookUp(both)}
	for range 3 {
		var resp provider.ConfigureResponse
		p.Configure(t.Context(), provider.ConfigureRequest{Config: providerConfig(t, nil)}, &resp)
		if resp.Diagnostics.HasError() {
			t.Fatal(resp.Diagnostics)
		}
	}
	closes := make([]int, 6)
	if len(p.open) != len(closes) {
		t.Fatalf("%d clients kept, want %d", len(p.open), len(closes))
	}
	for i, kept := range p.open {
		p.open[i] = counting{kept, &closes[i]}
	}
	for range 2 {
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for i, times := range closes {
		if times != 1 {
			t.Errorf("client %d was closed %d times", i, times)
		}
	}
}

// counting counts how often a client is closed.
type counting struct {
	client

	times *int
}

func (c counting) Close(ctx context.Context) error {
	*c.times++

	return c.client.Close(ctx)
}

func lookUp(environment map[string]string) func(string) string {
	return func(name string) string { return environment[name] }
}

// providerConfig makes the provider's configuration of a vsphere block.
func providerConfig(t *testing.T, vsphereBlock block) tfsdk.Config {
	t.Helper()

	return providerBlocks(t, map[string]block{"vsphere": vsphereBlock})
}

// zstackConfig makes the provider's configuration of a zstack block.
func zstackConfig(t *testing.T, zstackBlock block) tfsdk.Config {
	t.Helper()

	return providerBlocks(t, map[string]block{"zstack": zstackBlock})
}

// providerBlocks makes the provider's configuration of the blocks that are not nil.
func providerBlocks(t *testing.T, blocks map[string]block) tfsdk.Config {
	t.Helper()

	var resp provider.SchemaResponse
	New("test").Schema(t.Context(), provider.SchemaRequest{}, &resp)
	whole, ok := resp.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the provider's configuration is no object")
	}
	values := make(map[string]tftypes.Value, len(whole.AttributeTypes))
	for platform, kind := range whole.AttributeTypes {
		inner, ok := kind.(tftypes.Object)
		if !ok {
			t.Fatalf("the %s block is no object", platform)
		}
		values[platform] = tftypes.NewValue(inner, nil)
		if given := blocks[platform]; given != nil {
			attributes := make(map[string]tftypes.Value, len(inner.AttributeTypes))
			for name, kind := range inner.AttributeTypes {
				attributes[name] = tftypes.NewValue(kind, given[name])
			}
			values[platform] = tftypes.NewValue(inner, attributes)
		}
	}

	return tfsdk.Config{Schema: resp.Schema, Raw: tftypes.NewValue(whole, values)}
}
