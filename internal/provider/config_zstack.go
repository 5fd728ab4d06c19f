package provider

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// portVariable is the environment's port for ZSTACK_HOST, as ZStack's own provider reads it.
const portVariable = "ZSTACK_PORT"

// zstackModel is the zstack block.
type zstackModel struct {
	Endpoint           types.String    `tfsdk:"endpoint"`
	AccountName        types.String    `tfsdk:"account_name"`
	Password           types.String    `tfsdk:"password"`
	AccessKeyID        types.String    `tfsdk:"access_key_id"`
	AccessKeySecret    types.String    `tfsdk:"access_key_secret"`
	CACertificate      types.String    `tfsdk:"ca_certificate"`
	AllowUnverifiedTLS types.Bool      `tfsdk:"allow_unverified_tls"`
	TimeZone           types.String    `tfsdk:"time_zone"`
	RequestTimeout     tfattr.Duration `tfsdk:"request_timeout"`
}

// zstackSettings is what the zstack block and the environment come to.
type zstackSettings struct {
	config   zstack.Config
	deferred bool     // a value is not known before apply
	unset    []string // the block is absent, and these required variables are not set
}

// given reports whether there is enough to make a client of.
func (s zstackSettings) given() bool { return !s.deferred && len(s.unset) == 0 }

// invalid turns an error of the client's constructor into a diagnostic on the setting that it is about.
func (s zstackSettings) invalid(err error) diag.Diagnostic {
	if wrong, ok := errors.AsType[*zstack.ConfigError](err); ok {
		return tfdiag.SettingInvalid(zstackPath(wrong.Field), "", "", errors.New(wrong.Reason))
	}

	return tfdiag.SettingInvalid(path.Root("zstack"), "", "", err)
}

// secrets are what no log may show: also the password as it is sent, which is as good as the password itself.
func (s zstackSettings) secrets() []string {
	if s.config.Password == "" {
		return []string{s.config.AccessKeySecret}
	}
	digest := sha512.Sum512([]byte(s.config.Password))

	return []string{s.config.Password, hex.EncodeToString(digest[:]), s.config.AccessKeySecret}
}

// readZStack combines the zstack block with the environment, which stands in for what the block leaves out. As with
// vSphere, an absent block with an incomplete environment is no error here, and a present block must be complete.
func readZStack(ctx context.Context, block types.Object, getenv func(string) string) (zstackSettings, diag.Diagnostics) {
	var settings zstackSettings
	if hasUnknown(block) {
		settings.deferred = true

		return settings, nil
	}

	var model zstackModel
	if !block.IsNull() {
		if diags := block.As(ctx, &model, basetypes.ObjectAsOptions{}); diags.HasError() {
			return settings, diags
		}
	}
	diags := model.oneLogin()
	if diags.HasError() {
		return settings, diags
	}

	settings.config = zstack.Config{
		Endpoint:           model.Endpoint.ValueString(),
		AccountName:        model.AccountName.ValueString(),
		Password:           model.Password.ValueString(),
		AccessKeyID:        model.AccessKeyID.ValueString(),
		AccessKeySecret:    model.AccessKeySecret.ValueString(),
		CACertificate:      model.CACertificate.ValueString(),
		AllowUnverifiedTLS: model.AllowUnverifiedTLS.ValueBool(),
		TimeZone:           model.TimeZone.ValueString(),
	}
	missing, problems := settings.fillFromEnvironment(getenv)
	if block.IsNull() && len(missing) > 0 {
		for _, setting := range missing {
			settings.unset = append(settings.unset, setting.variable)
		}

		return settings, nil
	}

	diags.Append(problems...)
	diags.Append(settings.missing(missing)...)
	timeout, problems := model.RequestTimeout.Length(zstackPath("request_timeout"), 0)
	diags.Append(problems...)
	settings.config.RequestTimeout = timeout

	return settings, diags
}

// oneLogin checks that the block gives one way to log in at most. A value that is not known yet is none.
func (m zstackModel) oneLogin() diag.Diagnostics {
	given := func(names []string, values ...types.String) string {
		for i, value := range values {
			if value.ValueString() != "" {
				return names[i]
			}
		}

		return ""
	}
	account := given([]string{"account_name", "password"}, m.AccountName, m.Password)
	key := given([]string{"access_key_id", "access_key_secret"}, m.AccessKeyID, m.AccessKeySecret)
	if account == "" || key == "" {
		return nil
	}

	return diag.Diagnostics{tfdiag.SettingsConflict(zstackPath(account), zstackPath(key),
		"A login is either an account with its password, or an access key")}
}

// fillFromEnvironment sets what the configuration left empty, and returns the required settings that stay so.
func (s *zstackSettings) fillFromEnvironment(getenv func(string) string) ([]requiredSetting, diag.Diagnostics) {
	var missing []requiredSetting
	var diags diag.Diagnostics
	if s.config.Endpoint == "" {
		s.config.Endpoint, diags = endpointFromEnvironment(getenv)
	}
	if s.config.Endpoint == "" {
		missing = append(missing, requiredSetting{zstackPath("endpoint"), connections.ZStackEnvironment()[0]})
	}

	for _, part := range s.login(getenv).parts {
		if *part.value == "" {
			*part.value = getenv(part.variable)
		}
		if *part.value == "" {
			missing = append(missing, requiredSetting{zstackPath(part.name), part.variable})
		}
	}

	return missing, diags
}

// zstackLogin is one of the two ways to log in.
type zstackLogin struct {
	parts [2]loginPart
}

// loginPart is a setting of a login, and the environment variable that stands for it.
type loginPart struct {
	name, variable string
	value          *string
}

// logins are both ways to log in.
func (s *zstackSettings) logins() (account, key zstackLogin) {
	named, keyed := connections.ZStackEnvironment(), connections.ZStackKeyEnvironment()
	account.parts = [2]loginPart{
		{"account_name", named[1], &s.config.AccountName},
		{"password", named[2], &s.config.Password},
	}
	key.parts = [2]loginPart{
		{"access_key_id", keyed[1], &s.config.AccessKeyID},
		{"access_key_secret", keyed[2], &s.config.AccessKeySecret},
	}

	return account, key
}

// login is the way to log in that the configuration has chosen; the environment has a say only where that has not. An
// environment that holds both means the account, as it does to ZStack's own provider.
func (s *zstackSettings) login(getenv func(string) string) zstackLogin {
	account, key := s.logins()
	configured := func(part loginPart) string { return *part.value }
	variable := func(part loginPart) string { return getenv(part.variable) }
	switch {
	case account.count(configured) > 0:
		return account
	case key.count(configured) > 0:
		return key
	case key.count(variable) > account.count(variable):
		return key
	default:
		return account
	}
}

// count counts the parts for which there is a value.
func (l zstackLogin) count(value func(loginPart) string) int {
	set := 0
	for _, part := range l.parts {
		if value(part) != "" {
			set++
		}
	}

	return set
}

// missing reports what is missing of a block that is there. A block without any login hears of both ways.
func (s *zstackSettings) missing(settings []requiredSetting) diag.Diagnostics {
	var diags diag.Diagnostics
	account, key := s.logins()
	none := *account.parts[0].value+*account.parts[1].value+*key.parts[0].value+*key.parts[1].value == ""
	for _, setting := range settings {
		if none && !setting.at.Equal(zstackPath("endpoint")) {
			continue
		}
		diags.Append(tfdiag.SettingMissing(setting.at, setting.variable))
	}
	if none {
		diags.Append(tfdiag.CredentialsMissing(path.Root("zstack"), account.words(), key.words()))
	}

	return diags
}

func (l zstackLogin) words() tfdiag.Credentials {
	var words tfdiag.Credentials
	for _, part := range l.parts {
		words.Settings = append(words.Settings, zstackPath(part.name))
		words.Variables = append(words.Variables, part.variable)
	}

	return words
}

// endpointFromEnvironment is ZSTACK_HOST, with ZSTACK_PORT where that names no port itself.
func endpointFromEnvironment(getenv func(string) string) (string, diag.Diagnostics) {
	hostVariable := connections.ZStackEnvironment()[0]
	host, port := strings.TrimSpace(getenv(hostVariable)), strings.TrimSpace(getenv(portVariable))
	if host == "" {
		return "", nil
	}
	if port != "" {
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
			return host, diag.Diagnostics{tfdiag.SettingInvalid(zstackPath("endpoint"), portVariable, "a port, from 1 to 65535", nil)}
		}
		host = zstack.WithPort(host, port)
	}
	if err := checkZStackEndpoint(host); err != nil {
		return host, diag.Diagnostics{tfdiag.SettingInvalid(zstackPath("endpoint"), hostVariable, zstackEndpointExpected, err)}
	}

	return host, nil
}

func zstackPath(attribute string) path.Path { return path.Root("zstack").AtName(attribute) }
