package settings

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// ExtraConfig is the part of a model for a VM's extraConfig. Only the keys that it names are managed.
type ExtraConfig struct {
	ExtraConfig          types.Map   `tfsdk:"extra_config"`
	ExtraConfigWO        types.Map   `tfsdk:"extra_config_wo"`
	ExtraConfigWOVersion types.Int64 `tfsdk:"extra_config_wo_version"`
}

// ExtraConfigAttributes returns the attributes of [ExtraConfig].
func ExtraConfigAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"extra_config": schema.MapAttribute{
			MarkdownDescription: "Settings of the machine's configuration by key, such as `guestinfo.name`, which its guest reads with " +
				"VMware Tools: this is how a fork learns its identity. Only the keys that are named here are managed; a key that is " +
				"taken out is removed from the machine. For secrets there is `extra_config_wo`.",
			ElementType: types.StringType,
			Optional:    true,
			Validators: []validator.Map{
				mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key()),
				mapvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
			},
		},
		"extra_config_wo": schema.MapAttribute{
			MarkdownDescription: "As `extra_config`, for secrets: neither plan nor state has them, which needs Terraform 1.11 or newer. " +
				"They are set when the machine is made, and again whenever `extra_config_wo_version` changes. An empty text removes a " +
				"key.",
			ElementType: types.StringType,
			Optional:    true,
			WriteOnly:   true,
			Validators: []validator.Map{
				mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key()),
				mapvalidator.AlsoRequires(path.MatchRoot("extra_config_wo_version")),
			},
		},
		"extra_config_wo_version": schema.Int64Attribute{
			MarkdownDescription: "Any number. A change sets `extra_config_wo` again.",
			Optional:            true,
		},
	}
}

// CheckSettings refuses keys that are in both arguments, and those in which the provider itself keeps by which request a machine was made.
// vCenter tells keys apart without regard to case.
func (e ExtraConfig) CheckSettings() diag.Diagnostics {
	var diags diag.Diagnostics
	secret := e.ExtraConfigWO.Elements()
	for _, key := range slices.Sorted(maps.Keys(e.ExtraConfig.Elements())) {
		if _, both := secret[key]; both {
			diags.Append(tfdiag.Conflict(path.Root("extra_config").AtMapKey(key),
				key+" is in both extra_config and extra_config_wo",
				"A key has one value, which is either in the state or not. Remove it from one of them"))
		}
	}
	for _, settings := range []struct {
		name   string
		values types.Map
	}{{"extra_config", e.ExtraConfig}, {"extra_config_wo", e.ExtraConfigWO}} {
		for _, key := range slices.Sorted(maps.Keys(settings.values.Elements())) {
			if strings.HasPrefix(strings.ToLower(key), vsphere.StampKey) {
				diags.Append(tfdiag.Conflict(path.Root(settings.name).AtMapKey(key), key+" is reserved",
					"In this setting the provider keeps which request made the machine, to find it again after an answer was lost. "+
						"Give the setting another name"))
			}
		}
	}

	return diags
}

// ManagesSettings reports whether any setting is managed whose value a refresh compares.
func (e ExtraConfig) ManagesSettings() bool { return len(Texts(e.ExtraConfig)) > 0 }

// ObservedSettings returns the settings that are managed as the VM has them.
func (e ExtraConfig) ObservedSettings(found *vsphere.VirtualMachine) ExtraConfig {
	managed := Texts(e.ExtraConfig)
	if len(managed) == 0 {
		return e
	}
	present := map[string]attr.Value{}
	for key, wanted := range managed {
		value, ok := found.ExtraConfig[key]
		switch {
		case redacted(key, found.ExtraConfig):
			present[key] = types.StringValue(wanted)
		case ok:
			present[key] = types.StringValue(value)
		}
	}
	e.ExtraConfig = types.MapValueMust(types.StringType, present)

	return e
}

// redaction is what cloud-init sets a key to whose value it has read and that its configuration has it redact. It empties the key's
// encoding then.
const redaction = "---"

// redactable are the keys that cloud-init can be told to redact (datasource VMware).
var redactable = []string{"guestinfo.metadata", "guestinfo.userdata", "guestinfo.vendordata"}

// redacted reports whether the guest itself has redacted a key, which is no drift: it has read the value.
func redacted(key string, present map[string]string) bool {
	data, encoding := strings.CutSuffix(key, ".encoding")

	return slices.Contains(redactable, data) && present[data] == redaction && (!encoding || present[key] == "")
}

// NewSettings returns the settings of a VM that is about to be made, secrets included, which only the configuration has; nil where there
// are none.
func (e ExtraConfig) NewSettings(config ExtraConfig) map[string]string {
	settings := Texts(e.ExtraConfig)
	maps.Copy(settings, Texts(config.ExtraConfigWO))
	maps.DeleteFunc(settings, func(_, value string) bool { return value == "" })
	if len(settings) == 0 {
		return nil
	}

	return settings
}

// SettingsEdit returns what brings the settings from the state to the plan e; an empty value removes a key. A secret is set when its
// version changes.
func (e ExtraConfig) SettingsEdit(config, state ExtraConfig) map[string]string {
	edit := map[string]string{}
	present, wanted := Texts(state.ExtraConfig), Texts(e.ExtraConfig)
	for key := range present {
		if _, stays := wanted[key]; !stays {
			edit[key] = ""
		}
	}
	for key, value := range wanted {
		if there, ok := present[key]; !ok || there != value {
			edit[key] = value
		}
	}
	if lifecycle.Changed(state.ExtraConfigWOVersion, e.ExtraConfigWOVersion) {
		maps.Copy(edit, Texts(config.ExtraConfigWO))
	}

	return edit
}

// Texts returns the known texts of a map.
func Texts(from types.Map) map[string]string {
	found := map[string]string{}
	for key, element := range from.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			found[key] = text.ValueString()
		}
	}

	return found
}
