package provider

import (
	"cmp"
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// What a setting must be, in words that follow "must be".
const (
	endpointExpected = "a host name or IP address with an optional port, or an https URL"
	// ZStack's management node itself serves plain HTTP.
	zstackEndpointExpected = "a host name or IP address with an optional port, or an https or http URL"
	usernameExpected       = "a user name without a colon, such as terraform@vsphere.local"
	thumbprintExpected     = "a certificate's thumbprint"
	caCertificateExpected  = "PEM certificates, or the path of a file that holds them"
	timeZoneExpected       = "a time zone of the IANA database"
)

// ValidateConfig checks what no single attribute can tell: settings that contradict each other. It reads them one by one,
// so that a setting which is wrong in itself is reported once, by its own validator.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	text := func(at path.Path) types.String {
		var value types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &value)...)

		return value
	}
	trust := func(at func(string) path.Path, certificates ...string) {
		var allow types.Bool
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at("allow_unverified_tls"), &allow)...)
		for _, name := range certificates {
			if allow.ValueBool() && text(at(name)).ValueString() != "" {
				resp.Diagnostics.Append(tfdiag.SettingsConflict(at("allow_unverified_tls"), at(name),
					"allow_unverified_tls trusts any certificate, so there would be nothing left to check"))
			}
		}
	}
	trust(vspherePath, "thumbprint", "ca_certificate")
	trust(zstackPath, "ca_certificate")
	resp.Diagnostics.Append(zstackModel{
		AccountName: text(zstackPath("account_name")), Password: text(zstackPath("password")),
		AccessKeyID: text(zstackPath("access_key_id")), AccessKeySecret: text(zstackPath("access_key_secret")),
	}.oneLogin()...)
}

// setting validates one setting of the connection.
type setting struct {
	expected string             // in words that follow "must be"
	check    func(string) error // what is wrong, as a clause that follows the attribute's name
}

func validEndpoint() validator.String      { return setting{endpointExpected, checkEndpoint} }
func validUsername() validator.String      { return setting{usernameExpected, checkUsername} }
func validThumbprint() validator.String    { return setting{thumbprintExpected, checkThumbprint} }
func validCACertificate() validator.String { return setting{caCertificateExpected, checkCACertificate} }

func validZStackEndpoint() validator.String {
	return setting{zstackEndpointExpected, checkZStackEndpoint}
}
func validTimeZone() validator.String { return setting{timeZoneExpected, checkTimeZone} }

// Description says what the setting must be.
func (s setting) Description(context.Context) string { return "must be " + s.expected }

// MarkdownDescription says what the setting must be.
func (s setting) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// ValidateString checks a known value.
func (s setting) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := s.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.Append(tfdiag.SettingInvalid(req.Path, "", s.expected, err))
	}
}

// The connection's settings are checked by the client itself, so that there is one opinion about what is well formed.

func checkEndpoint(endpoint string) error {
	return checkClient("endpoint", vsphere.Config{Endpoint: endpoint})
}

func checkUsername(username string) error {
	return checkClient("username", vsphere.Config{Endpoint: "localhost", Username: username})
}

func checkThumbprint(thumbprint string) error {
	return checkClient("thumbprint", vsphere.Config{Endpoint: "localhost", Thumbprint: thumbprint})
}

func checkCACertificate(certificate string) error {
	return checkClient("ca_certificate", vsphere.Config{Endpoint: "localhost", CACertificate: certificate})
}

// checkClient returns what the client has against the setting of that name. A client connects when it is first used, so
// the one made here needs no closing.
func checkClient(name string, config vsphere.Config) error {
	config.Username, config.Password = cmp.Or(config.Username, "user"), "password"
	_, err := vsphere.New(config)

	wrong, ok := errors.AsType[*vsphere.ConfigError](err)
	if !ok || wrong.Field != name {
		return nil
	}

	return errors.New(wrong.Reason)
}

func checkZStackEndpoint(endpoint string) error {
	return checkZStackClient("endpoint", zstack.Config{Endpoint: endpoint})
}

func checkTimeZone(name string) error {
	return checkZStackClient("time_zone", zstack.Config{Endpoint: "localhost", TimeZone: name})
}

// checkZStackClient is checkClient for ZStack. What concerns certificates is the same for both.
func checkZStackClient(name string, config zstack.Config) error {
	config.AccountName, config.Password = "account", "password"
	_, err := zstack.New(config)

	wrong, ok := errors.AsType[*zstack.ConfigError](err)
	if !ok || wrong.Field != name {
		return nil
	}

	return errors.New(wrong.Reason)
}
