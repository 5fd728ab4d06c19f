package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
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

// readPlanChecks reads from the environment how plans report what the inventory has against a new object.
func readPlanChecks(getenv func(string) string) (lifecycle.Override, diag.Diagnostics) {
	switch override := lifecycle.Override(getenv(lifecycle.OverrideVariable)); override {
	case lifecycle.OverrideNone, lifecycle.OverrideError, lifecycle.OverrideWarn:
		return override, nil
	default:
		return lifecycle.OverrideNone, diag.Diagnostics{
			tfdiag.VariableInvalid(lifecycle.OverrideVariable, string(override),
				fmt.Sprintf("%q or %q", lifecycle.OverrideError, lifecycle.OverrideWarn)),
		}
	}
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

// nameWaitVariable is how long an apply waits until it begins to free a name that it also takes, as a length of time.
const nameWaitVariable = "VMFORK_NAME_WAIT"

// readNameWait returns [lifecycle.Names.Patience].
func readNameWait(getenv func(name string) string) (time.Duration, diag.Diagnostics) {
	text := getenv(nameWaitVariable)
	if text == "" {
		return lifecycle.NamePatience, nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < 0 {
		return 0, diag.Diagnostics{tfdiag.Conflict(path.Empty(), nameWaitVariable+" is no length of time",
			fmt.Sprintf("The environment variable is %q. Set it to a number with a unit, such as 20s or 1m, or unset it", text))}
	}

	return length, nil
}
