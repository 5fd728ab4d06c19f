package provider

import (
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// zstackEnvironment is a complete set of variables for an account, zstackKeyEnvironment one for an access key.
var (
	zstackEnvironment = map[string]string{
		"ZSTACK_HOST": "env.example.com", "ZSTACK_ACCOUNT_NAME": "env-account", "ZSTACK_ACCOUNT_PASSWORD": "env-password",
	}
	zstackKeyEnvironment = map[string]string{
		"ZSTACK_HOST": "env.example.com", "ZSTACK_ACCESS_KEY_ID": "env-id", "ZSTACK_ACCESS_KEY_SECRET": "env-secret",
	}
)

func TestReadZStack(t *testing.T) {
	t.Parallel()

	account := block{"endpoint": "mn.example.com", "account_name": "ci", "password": "secret"}
	both := map[string]string{
		"ZSTACK_HOST": "env.example.com", "ZSTACK_ACCOUNT_NAME": "env-account", "ZSTACK_ACCOUNT_PASSWORD": "env-password",
		"ZSTACK_ACCESS_KEY_ID": "env-id", "ZSTACK_ACCESS_KEY_SECRET": "env-secret",
	}
	asAccount := zstack.Config{Endpoint: "env.example.com", AccountName: "env-account", Password: "env-password"}
	withKey := zstack.Config{Endpoint: "env.example.com", AccessKeyID: "env-id", AccessKeySecret: "env-secret"}
	tests := map[string]struct {
		block       block
		environment map[string]string
		want        zstackSettings
	}{
		"nothing": {
			want: zstackSettings{unset: []string{"ZSTACK_HOST", "ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD"}},
		},
		"no block, half an account": {
			environment: map[string]string{"ZSTACK_HOST": "env.example.com", "ZSTACK_ACCOUNT_NAME": "env-account"},
			want: zstackSettings{
				config: zstack.Config{Endpoint: "env.example.com", AccountName: "env-account"}, unset: []string{"ZSTACK_ACCOUNT_PASSWORD"},
			},
		},
		"no block, half a key": {
			environment: map[string]string{"ZSTACK_ACCESS_KEY_ID": "env-id"},
			want: zstackSettings{
				config: zstack.Config{AccessKeyID: "env-id"}, unset: []string{"ZSTACK_HOST", "ZSTACK_ACCESS_KEY_SECRET"},
			},
		},
		"no block, an account":            {environment: zstackEnvironment, want: zstackSettings{config: asAccount}},
		"no block, a key":                 {environment: zstackKeyEnvironment, want: zstackSettings{config: withKey}},
		"no block, both mean the account": {environment: both, want: zstackSettings{config: asAccount}},
		"empty block, an account":         {block: block{}, environment: zstackEnvironment, want: zstackSettings{config: asAccount}},
		"the block's key before the account": {
			block: block{"access_key_id": "id", "access_key_secret": "key"}, environment: both,
			want: zstackSettings{config: zstack.Config{Endpoint: "env.example.com", AccessKeyID: "id", AccessKeySecret: "key"}},
		},
		"the block's account before the key": {
			block: account, environment: zstackKeyEnvironment,
			want: zstackSettings{config: zstack.Config{Endpoint: "mn.example.com", AccountName: "ci", Password: "secret"}},
		},
		"secret from the environment": {
			block: block{"access_key_id": "id"}, environment: both,
			want: zstackSettings{config: zstack.Config{Endpoint: "env.example.com", AccessKeyID: "id", AccessKeySecret: "env-secret"}},
		},
		"everything": {
			block: block{
				"endpoint": "https://mn.example.com:8443", "access_key_id": "id", "access_key_secret": "key", "allow_unverified_tls": true,
				"time_zone": "Asia/Shanghai", "request_timeout": "90s",
			},
			want: zstackSettings{config: zstack.Config{
				Endpoint: "https://mn.example.com:8443", AccessKeyID: "id", AccessKeySecret: "key", AllowUnverifiedTLS: true,
				TimeZone: "Asia/Shanghai", RequestTimeout: 90 * time.Second,
			}},
		},
		"an unknown value": {block: block{"endpoint": unknown}, environment: both, want: zstackSettings{deferred: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var config providerModel
			source := zstackConfig(t, test.block)
			if diags := source.Get(t.Context(), &config); diags.HasError() {
				t.Fatal(diags)
			}
			got, diags := readZStack(t.Context(), config.ZStack, lookUp(test.environment))
			if diags.HasError() {
				t.Fatal(diags)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

// TestEndpointFromEnvironment joins ZSTACK_HOST and ZSTACK_PORT.
func TestEndpointFromEnvironment(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ host, port, want string }{
		"no host":              {port: "8080"},
		"no port":              {host: "mn.example.com", want: "mn.example.com"},
		"host and port":        {host: "192.0.2.7", port: "8080", want: "192.0.2.7:8080"},
		"IPv6":                 {host: "2001:db8::7", port: "8080", want: "[2001:db8::7]:8080"},
		"a port of its own":    {host: "mn.example.com:8443", port: "8080", want: "mn.example.com:8443"},
		"URL":                  {host: "http://mn.example.com", port: "8080", want: "http://mn.example.com:8080"},
		"URL with a port":      {host: "http://mn.example.com:80", port: "8080", want: "http://mn.example.com:80"},
		"spaces around either": {host: " mn.example.com ", port: " 8080\n", want: "mn.example.com:8080"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := endpointFromEnvironment(lookUp(map[string]string{"ZSTACK_HOST": test.host, "ZSTACK_PORT": test.port}))
			if got != test.want || len(diags) != 0 {
				t.Errorf("got %q, %v, want %q", got, diags, test.want)
			}
		})
	}
}

// TestValidateZStack shows every diagnostic that a zstack block can give before anything is planned.
func TestValidateZStack(t *testing.T) {
	t.Parallel()

	const notBoth = "A login is either an account with its password, or an access key."
	tests := map[string]struct {
		block block
		want  []string
	}{
		"empty":      {block: block{}},
		"account":    {block: block{"endpoint": "mn.example.com", "account_name": "ci", "password": "secret"}},
		"access key": {block: block{"access_key_id": "id", "access_key_secret": "key", "time_zone": "Asia/Shanghai"}},
		"plain HTTP": {block: block{"endpoint": "http://192.0.2.7:8080"}},
		"unknown":    {block: block{"endpoint": unknown, "time_zone": unknown, "request_timeout": unknown, "access_key_id": unknown, "password": "secret"}},
		"account and key": {
			block: block{"account_name": "ci", "password": "secret", "access_key_id": "id", "access_key_secret": "key"},
			want: []string{"zstack.access_key_id: zstack.account_name excludes zstack.access_key_id | " + notBoth +
				"\n\nRemove one of zstack.account_name and zstack.access_key_id."},
		},
		"halves of both": {
			block: block{"password": "secret", "access_key_secret": "key"},
			want: []string{"zstack.access_key_secret: zstack.password excludes zstack.access_key_secret | " + notBoth +
				"\n\nRemove one of zstack.password and zstack.access_key_secret."},
		},
		"no certificate": {
			block: block{"ca_certificate": "-----BEGIN NOTHING-----"},
			want: []string{"zstack.ca_certificate: zstack.ca_certificate can't be used | zstack.ca_certificate must be PEM " +
				"certificates, or the path of a file that holds them.\n\nHolds no certificate in PEM form."},
		},
		"no zone": {
			block: block{"time_zone": "Middle/Earth"},
			want: []string{"zstack.time_zone: zstack.time_zone can't be used | zstack.time_zone must be a time zone of the IANA database." +
				"\n\nMust be the IANA name of a time zone, such as Asia/Shanghai, but is \"Middle/Earth\"."},
		},
		"no endpoint": {
			block: block{"endpoint": "ftp://mn.example.com"},
			want: []string{"zstack.endpoint: zstack.endpoint can't be used | zstack.endpoint must be a host name or IP address with an " +
				"optional port, or an https or http URL.\n\nThe scheme must be https or http."},
		},
		"empty name, key and secrets": {
			block: block{"account_name": "", "password": "", "access_key_id": "", "access_key_secret": ""},
			want: []string{
				"zstack.access_key_id: Empty text | The text is empty. zstack.access_key_id must be a text that is not empty.",
				"zstack.access_key_secret: Empty text | The text is empty. zstack.access_key_secret must be a text that is not empty.",
				"zstack.account_name: Empty text | The text is empty. zstack.account_name must be a text that is not empty.",
				"zstack.password: Empty text | The text is empty. zstack.password must be a text that is not empty.",
			},
		},
		"unverified and a certificate": {
			block: block{"allow_unverified_tls": true, "ca_certificate": unknown},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := providerserver.NewProtocol6(New("test"))()
			resp, err := server.ValidateProviderConfig(t.Context(),
				&tfprotov6.ValidateProviderConfigRequest{Config: wire(t, zstackConfig(t, test.block))})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, resp.Diagnostics, test.want)
		})
	}
}
