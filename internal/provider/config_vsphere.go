package provider

import (
	"context"
	"errors"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// unverifiedVariable is the environment's stand-in for allow_unverified_tls.
const unverifiedVariable = "VSPHERE_ALLOW_UNVERIFIED_SSL"

// vsphereModel is the vsphere block.
type vsphereModel struct {
	Endpoint           types.String    `tfsdk:"endpoint"`
	Username           types.String    `tfsdk:"username"`
	Password           types.String    `tfsdk:"password"`
	Thumbprint         types.String    `tfsdk:"thumbprint"`
	CACertificate      types.String    `tfsdk:"ca_certificate"`
	AllowUnverifiedTLS types.Bool      `tfsdk:"allow_unverified_tls"`
	SessionCache       types.String    `tfsdk:"session_cache"`
	API                types.String    `tfsdk:"api"`
	MaxConcurrentTasks types.Int64     `tfsdk:"max_concurrent_tasks"`
	RequestTimeout     tfattr.Duration `tfsdk:"request_timeout"`
	DryRun             types.Bool      `tfsdk:"dry_run"`
}

// vsphereSettings is what the vsphere block and the environment come to.
type vsphereSettings struct {
	config   vsphere.Config
	dryRun   bool     // plans have vCenter check what they create or move
	deferred bool     // a value is not known before apply
	unset    []string // the block is absent, and these required variables are not set
}

// invalid turns an error of the client's constructor into a diagnostic on the setting that it is about.
func (s vsphereSettings) invalid(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*vsphere.ConfigError](err); ok {
		return tfdiag.SettingInvalid(vspherePath(wrong.Field), "", "", errors.New(wrong.Reason))
	}

	return tfdiag.SettingInvalid(path.Root("vsphere"), "", "", err)
}

// given reports whether there is enough to make a client of.
func (s vsphereSettings) given() bool { return !s.deferred && len(s.unset) == 0 }

// readVSphere combines the vsphere block with the environment, which stands in for what the block leaves out. An absent
// block with an incomplete environment is no error here: nothing of vSphere may be in use. A present block must be
// complete.
func readVSphere(ctx context.Context, block types.Object, getenv func(string) string) (vsphereSettings, diag.Diagnostics) {
	var settings vsphereSettings
	if hasUnknown(block) {
		settings.deferred = true

		return settings, nil
	}

	var model vsphereModel
	if !block.IsNull() {
		if diags := block.As(ctx, &model, basetypes.ObjectAsOptions{}); diags.HasError() {
			return settings, diags
		}
	}

	settings.dryRun = model.DryRun.IsNull() || model.DryRun.ValueBool()
	settings.config = vsphere.Config{
		Endpoint:           model.Endpoint.ValueString(),
		Username:           model.Username.ValueString(),
		Password:           model.Password.ValueString(),
		Thumbprint:         model.Thumbprint.ValueString(),
		CACertificate:      model.CACertificate.ValueString(),
		AllowUnverifiedTLS: model.AllowUnverifiedTLS.ValueBool(),
		SessionCache:       model.SessionCache.ValueString(),
		API:                model.API.ValueString(),
		MaxConcurrentTasks: int(model.MaxConcurrentTasks.ValueInt64()),
	}

	missing := settings.fillFromEnvironment(getenv)
	if block.IsNull() && len(missing) > 0 {
		for _, setting := range missing {
			settings.unset = append(settings.unset, setting.variable)
		}

		return settings, nil
	}

	var diags diag.Diagnostics
	for _, setting := range missing {
		diags.Append(tfdiag.SettingMissing(setting.at, setting.variable))
	}
	diags.Append(settings.checkFromEnvironment(model, getenv)...)

	timeout, problems := model.RequestTimeout.Length(vspherePath("request_timeout"), 0)
	diags.Append(problems...)
	settings.config.RequestTimeout = timeout

	return settings, diags
}

// fillFromEnvironment sets what the configuration left empty, and returns the required settings that stay so.
func (s *vsphereSettings) fillFromEnvironment(getenv func(string) string) []requiredSetting {
	names := []string{"endpoint", "username", "password"}
	values := []*string{&s.config.Endpoint, &s.config.Username, &s.config.Password}

	var missing []requiredSetting
	for i, variable := range connections.VSphereEnvironment() {
		if *values[i] == "" {
			*values[i] = getenv(variable)
		}
		if *values[i] == "" {
			missing = append(missing, requiredSetting{vspherePath(names[i]), variable})
		}
	}

	return missing
}

// checkFromEnvironment checks the values that came from the environment, as the schema's validators check those of the
// configuration, and decides on the one whose variable holds no string.
func (s *vsphereSettings) checkFromEnvironment(model vsphereModel, getenv func(string) string) diag.Diagnostics {
	var diags diag.Diagnostics
	if model.Endpoint.IsNull() && s.config.Endpoint != "" {
		if err := checkEndpoint(s.config.Endpoint); err != nil {
			diags.Append(tfdiag.SettingInvalid(vspherePath("endpoint"), connections.VSphereEnvironment()[0], endpointExpected, err))
		}
	}

	if model.Username.IsNull() && s.config.Username != "" {
		if err := checkUsername(s.config.Username); err != nil {
			diags.Append(tfdiag.SettingInvalid(vspherePath("username"), connections.VSphereEnvironment()[1], usernameExpected, err))
		}
	}

	// A configuration that says which certificate to trust has it verified, whatever the environment says for other providers.
	if !model.AllowUnverifiedTLS.IsNull() || s.config.Thumbprint != "" || s.config.CACertificate != "" {
		return diags
	}
	if text := getenv(unverifiedVariable); text != "" {
		allow, err := strconv.ParseBool(text)
		if err != nil {
			diags.Append(tfdiag.SettingInvalid(vspherePath("allow_unverified_tls"), unverifiedVariable, "true or false", nil))
		}
		s.config.AllowUnverifiedTLS = allow
	}

	return diags
}

func vspherePath(attribute string) path.Path { return path.Root("vsphere").AtName(attribute) }
