package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	sha1Thumbprint = "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67"
	sha256Plain    = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// TestValidate has every diagnostic that a configuration can give before anything is planned.
func TestValidate(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		block block
		want  []string // attribute: summary | detail
	}{
		"absent":                {},
		"empty":                 {block: block{}},
		"host":                  {block: block{"endpoint": "vcenter.example.com"}},
		"host and port":         {block: block{"endpoint": "192.0.2.7:8443"}},
		"IPv6":                  {block: block{"endpoint": "2001:db8::7"}},
		"URL":                   {block: block{"endpoint": "https://vcenter.example.com/sdk"}},
		"SHA-1":                 {block: block{"thumbprint": sha1Thumbprint}},
		"SHA-256 without colon": {block: block{"thumbprint": sha256Plain}},
		"unknown":               {block: block{"endpoint": unknown, "thumbprint": unknown, "request_timeout": unknown}},
		"unverified":            {block: block{"allow_unverified_tls": true}},
		"endpoint with a path": {
			block: block{"endpoint": "https://vcenter.example.com/ui"},
			want: []string{"vsphere.endpoint: vsphere.endpoint can't be used | vsphere.endpoint must be a host name or IP " +
				"address with an optional port, or an https URL.\n\nMust be a host, host:port or URL without a path."},
		},
		"endpoint with credentials": {
			block: block{"endpoint": "https://ci:secret@vcenter.example.com"},
			want: []string{"vsphere.endpoint: vsphere.endpoint can't be used | vsphere.endpoint must be a host name or IP " +
				"address with an optional port, or an https URL.\n\nMust not contain credentials: set username and password."},
		},
		"no thumbprint": {
			block: block{"thumbprint": "01:23"},
			want: []string{"vsphere.thumbprint: vsphere.thumbprint can't be used | vsphere.thumbprint must be a certificate's " +
				"thumbprint.\n\nMust be the SHA-1 (40 digits) or SHA-256 (64 digits) of the server's certificate in hexadecimal, " +
				"with or without colons."},
		},
		"no certificate": {
			block: block{"ca_certificate": "-----BEGIN NOTHING-----"},
			want: []string{"vsphere.ca_certificate: vsphere.ca_certificate can't be used | vsphere.ca_certificate must be PEM " +
				"certificates, or the path of a file that holds them.\n\nHolds no certificate in PEM form."},
		},
		"no certificate file": {
			block: block{"ca_certificate": "/nowhere/ca.pem"},
			want: []string{"vsphere.ca_certificate: vsphere.ca_certificate can't be used | vsphere.ca_certificate must be PEM " +
				"certificates, or the path of a file that holds them.\n\nIs neither PEM text nor a file that can be read: open " +
				"/nowhere/ca.pem: no such file or directory."},
		},
		"empty user and password": {
			block: block{"username": "", "password": ""},
			want: []string{
				"vsphere.password: Empty text | The text is empty. vsphere.password must be a text that is not empty.",
				"vsphere.username: Empty text | The text is empty. vsphere.username must be a text that is not empty.",
			},
		},
		"duration": {
			block: block{"request_timeout": "soon"},
			want: []string{"vsphere.request_timeout: Invalid duration | \"soon\" is no length of time. vsphere.request_timeout must " +
				"be a number with a unit (s, m or h), or several of them, such as \"90s\", \"5m\" or \"1h30m\"."},
		},
		"no tasks": {
			block: block{"max_concurrent_tasks": 0},
			want: []string{"vsphere.max_concurrent_tasks: Invalid Attribute Value | Attribute vsphere.max_concurrent_tasks value " +
				"must be at least 1, got: 0"},
		},
		"unverified and thumbprint": {
			block: block{"allow_unverified_tls": true, "thumbprint": sha1Thumbprint},
			want: []string{"vsphere.thumbprint: vsphere.allow_unverified_tls excludes vsphere.thumbprint | allow_unverified_tls " +
				"trusts any certificate, so there would be nothing left to check.\n\nRemove one of vsphere.allow_unverified_tls and " +
				"vsphere.thumbprint."},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := providerserver.NewProtocol6(New("test"))()
			resp, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: wire(t, providerConfig(t, test.block))})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, resp.Diagnostics, test.want)
		})
	}
}

// TestConfigure_refuses shows what only the environment together with the configuration can tell.
func TestConfigure_refuses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		block       block
		environment map[string]string
		want        []string
	}{
		"user without password": {
			block: block{"endpoint": "vcenter.example.com", "username": "ci"},
			want:  []string{"vsphere.password: vsphere.password is not set | Set vsphere.password, or VSPHERE_PASSWORD in the environment."},
		},
		"endpoint alone": {
			block: block{"endpoint": "vcenter.example.com"},
			want: []string{
				"vsphere.password: vsphere.password is not set | Set vsphere.password, or VSPHERE_PASSWORD in the environment.",
				"vsphere.username: vsphere.username is not set | Set vsphere.username, or VSPHERE_USER in the environment.",
			},
		},
		"everything but the endpoint": {
			block:       block{"password": "secret"},
			environment: map[string]string{"VSPHERE_USER": "ci"},
			want:        []string{"vsphere.endpoint: vsphere.endpoint is not set | Set vsphere.endpoint, or VSPHERE_SERVER in the environment."},
		},
		"malformed endpoint of the environment": {
			environment: map[string]string{"VSPHERE_SERVER": "ftp://vcenter", "VSPHERE_USER": "ci", "VSPHERE_PASSWORD": "secret"},
			want: []string{"vsphere.endpoint: vsphere.endpoint can't be used | vsphere.endpoint, from VSPHERE_SERVER in the environment, must " +
				"be a host name or IP address with an optional port, or an https URL.\n\nThe scheme must be https, or http for a simulator."},
		},
		"malformed boolean of the environment": {
			block:       block{"endpoint": "vcenter.example.com", "username": "ci", "password": "secret"},
			environment: map[string]string{"VSPHERE_ALLOW_UNVERIFIED_SSL": "maybe"},
			want: []string{"vsphere.allow_unverified_tls: vsphere.allow_unverified_tls can't be used | vsphere.allow_unverified_tls, from " +
				"VSPHERE_ALLOW_UNVERIFIED_SSL in the environment, must be true or false."},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := providerserver.NewProtocol6(&Provider{version: "test", getenv: lookUp(test.environment)})()
			resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: wire(t, providerConfig(t, test.block))})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, resp.Diagnostics, test.want)
		})
	}
}

// wire encodes a configuration as the CLI sends it.
func wire(t *testing.T, config tfsdk.Config) *tfprotov6.DynamicValue {
	t.Helper()

	value, err := tfprotov6.NewDynamicValue(config.Raw.Type(), config.Raw)
	if err != nil {
		t.Fatal(err)
	}

	return &value
}

// compare compares whole diagnostics, in the order of their attributes, with those that are wanted.
func compare(t *testing.T, diagnostics []*tfprotov6.Diagnostic, want []string) {
	t.Helper()

	var got []string
	for _, found := range diagnostics {
		if found.Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("no error: %+v", found)
		}
		var steps []string
		for _, step := range found.Attribute.Steps() {
			steps = append(steps, fmt.Sprint(step))
		}
		got = append(got, strings.Join(steps, ".")+": "+found.Summary+" | "+found.Detail)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
