package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerModel is the provider's configuration.
type providerModel struct {
	VSphere types.Object `tfsdk:"vsphere"`
	ZStack  types.Object `tfsdk:"zstack"`
}

// requiredSetting is a setting that the configuration or the environment must give.
type requiredSetting struct {
	at       path.Path
	variable string
}

// hasUnknown reports whether the block or one of its attributes is not known before apply.
func hasUnknown(block types.Object) bool {
	if block.IsUnknown() {
		return true
	}
	for _, value := range block.Attributes() {
		if isUnknown(value) {
			return true
		}
	}

	return false
}

func isUnknown(value attr.Value) bool { return value != nil && value.IsUnknown() }
