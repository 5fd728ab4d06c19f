package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// MissingBlock is the error of a resource or data source whose platform the provider's configuration does not have. user
// is its Terraform type: "vmfork_vsphere_clone".
func MissingBlock(platform Platform, user string) diag.Diagnostic {
	words := platform.words()

	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("The provider has no %s configuration", words.block),
		fmt.Sprintf("%s needs to know the %s to speak to. Add the %s block to the provider (an empty one takes everything "+
			"from the environment, beginning with %s):", user, words.name, words.block, words.endpointEnv),
		indented(`provider "vmfork" {`, "  "+words.block+" = {}", "}"))
}

// MissingSetting is the error of a provider block that lacks a value which neither the configuration nor the environment
// gives. env are the environment variables that could.
func MissingSetting(at path.Path, env ...string) diag.Diagnostic {
	text := fmt.Sprintf("Set %s.", at)
	if len(env) > 0 {
		text = fmt.Sprintf("Set %s, or in the environment %s.", at, strings.Join(env, " or "))
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s is not set", at), text)
}

// HalfCredentials is the error of credentials of which only a part is given.
func HalfCredentials(given, missing path.Path, env ...string) diag.Diagnostic {
	return report(diag.SeverityError, missing, fmt.Sprintf("%s is given without %s", given, missing),
		MissingSetting(missing, env...).Detail())
}

// InvalidSetting is the error of a value of the provider's configuration that can't be used: a malformed thumbprint, a
// certificate that can't be read. err must hold no secret.
func InvalidSetting(at path.Path, err error) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("%s can't be used", at), sentence(upperFirst(err.Error())))
}
