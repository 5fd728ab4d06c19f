package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// What a setting must be, in words that follow "must be".
const (
	endpointExpected      = "a host name or IP address with an optional port, or an https URL"
	thumbprintExpected    = "a SHA-256 or SHA-1 thumbprint: 32 or 20 hexadecimal pairs with colons between them"
	caCertificateExpected = "PEM certificates, or the path of a file that holds them"
	durationExpected      = "a duration greater than zero, such as 30s or 2m"
)

// ValidateConfig checks what no single attribute can tell: settings that contradict each other.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.VSphere.IsNull() || config.VSphere.IsUnknown() {
		return
	}

	var block vsphereModel
	resp.Diagnostics.Append(config.VSphere.As(ctx, &block, basetypes.ObjectAsOptions{})...)
	if !block.AllowUnverifiedTLS.ValueBool() {
		return
	}

	const why = "allow_unverified_tls trusts any certificate, so there would be nothing left to check"
	if block.Thumbprint.ValueString() != "" {
		resp.Diagnostics.Append(tfdiag.SettingsConflict(vspherePath("allow_unverified_tls"), vspherePath("thumbprint"), why))
	}
	if block.CACertificate.ValueString() != "" {
		resp.Diagnostics.Append(tfdiag.SettingsConflict(vspherePath("allow_unverified_tls"), vspherePath("ca_certificate"), why))
	}
}

// setting validates one string setting of the provider.
type setting struct {
	expected string             // in words that follow "must be"
	check    func(string) error // errExpected: what is expected says it all
}

func validEndpoint() validator.String      { return setting{endpointExpected, checkEndpoint} }
func validThumbprint() validator.String    { return setting{thumbprintExpected, checkThumbprint} }
func validCACertificate() validator.String { return setting{caCertificateExpected, checkCACertificate} }
func validDuration() validator.String      { return setting{durationExpected, checkDuration} }

func notEmpty() validator.String {
	return setting{"given: leave the attribute out, or null, to take it from the environment", checkNotEmpty}
}

// Description says what the setting must be.
func (s setting) Description(context.Context) string { return "must be " + s.expected }

// MarkdownDescription says what the setting must be.
func (s setting) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// ValidateString checks a known value.
func (s setting) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	err := s.check(req.ConfigValue.ValueString())
	if errors.Is(err, errExpected) {
		resp.Diagnostics.Append(tfdiag.SettingInvalid(req.Path, "", s.expected, nil))
	} else if err != nil {
		resp.Diagnostics.Append(tfdiag.SettingInvalid(req.Path, "", s.expected, err))
	}
}

// The connection's settings are checked by the client itself, so that there is one opinion about what is well formed.

func checkEndpoint(endpoint string) error {
	return checkClient("endpoint", vsphere.Config{Endpoint: endpoint})
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
	config.Username, config.Password = "user", "password"
	_, err := vsphere.New(config)

	var wrong *vsphere.ConfigError
	if !errors.As(err, &wrong) || wrong.Field != name {
		return nil
	}

	return errors.New(wrong.Reason)
}

// errExpected fails a check whose expectation says everything.
var errExpected = errors.New("not as expected")

func checkDuration(text string) error {
	if duration, err := time.ParseDuration(text); err != nil || duration <= 0 {
		return errExpected
	}

	return nil
}

func checkNotEmpty(text string) error {
	if text == "" {
		return errExpected
	}

	return nil
}
