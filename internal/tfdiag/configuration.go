package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// NotConfigured is the error of a resource or data source whose platform the provider's configuration does not have.
// block is the provider's block ("vsphere"), environment the variables that can stand for it, unset those of them that
// would be needed and are not set; otherwise are sets of variables that would do as well.
func NotConfigured(block string, environment, unset []string, otherwise ...[]string) diag.Diagnostic {
	var missing, others string
	for _, variables := range otherwise {
		others += ", or " + list(variables)
	}
	if len(unset) > 0 && len(unset) < len(environment) {
		missing = fmt.Sprintf("%s %s not set.", list(unset), isOrAre(unset))
		if len(otherwise) == 0 {
			missing = "Of these, " + missing
		}
	}

	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("The provider has no %s configuration", block),
		fmt.Sprintf("This needs to know which platform to speak to, and as whom. Add a %s block to the provider:", block),
		indented(`provider "vmfork" {`, "  "+block+" = {", "    # …", "  }", "}"),
		fmt.Sprintf("Or set %s in the environment%s.", list(environment), others), missing)
}

// NotKnownYet is the error of a data source that is read while the provider's block still has values that are only known
// after apply.
func NotKnownYet(block string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("The provider's %s configuration is not known yet", block),
		fmt.Sprintf("A value of the provider's %s block is only known after apply, so this can't be read now. Apply what the "+
			"value comes from first (%s), or give the value as a variable.", block, Command("apply -target=…")))
}

// SettingMissing is the error of a setting that neither the configuration nor the environment variable gives.
func SettingMissing(at path.Path, variable string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("%s is not set", at),
		fmt.Sprintf("Set %s, or %s in the environment.", at, variable))
}

// Credentials is one of several ways to log in to a platform, for [CredentialsMissing].
type Credentials struct {
	Settings  []path.Path
	Variables []string // what stands for the settings in the environment, in the same order
}

// CredentialsMissing is the error of a block that gives none of the ways to log in, and neither does the environment.
func CredentialsMissing(block path.Path, ways ...Credentials) diag.Diagnostic {
	choices := make([]string, 0, len(ways))
	for _, way := range ways {
		settings := make([]string, 0, len(way.Settings))
		for _, setting := range way.Settings {
			settings = append(settings, setting.String())
		}
		choices = append(choices, fmt.Sprintf("%s (environment: %s)", list(settings), list(way.Variables)))
	}

	return report(diag.SeverityError, block, fmt.Sprintf("%s has no credentials", block),
		"Set either "+strings.Join(choices, ", or ")+".")
}

// SettingInvalid is the error of a setting that can't be used. expected says in words what it must be, as it follows "must
// be", and is empty where err says it; variable is the environment variable that gave it, empty where the configuration
// did; err says more and may be nil. The value itself is never printed: it may be a secret.
func SettingInvalid(at path.Path, variable, expected string, err error) diag.Diagnostic {
	var why string
	if err != nil {
		why = sentence(upperFirst(err.Error()))
	}
	subject := at.String()
	if variable != "" {
		subject += fmt.Sprintf(", from %s in the environment,", variable)
	}

	var must string
	if expected != "" {
		must = sentence(fmt.Sprintf("%s must be %s", subject, expected))
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s can't be used", at), must, why)
}

// VariableInvalid is the error of an environment variable that no setting of the configuration stands for. expected says what it may hold.
func VariableInvalid(variable, value, expected string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s can't be used", variable),
		sentence(fmt.Sprintf("It is %q in the environment and must be %s", value, expected)))
}

// SettingsConflict is the error of two settings that exclude one another; it sits on the second. why is one sentence or
// several.
func SettingsConflict(first, second path.Path, why string) diag.Diagnostic {
	return report(diag.SeverityError, second, fmt.Sprintf("%s excludes %s", first, second),
		sentence(why), fmt.Sprintf("Remove one of %s and %s.", first, second))
}

// list joins words to "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}

	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func isOrAre(words []string) string {
	if len(words) == 1 {
		return "is"
	}

	return "are"
}
