package acctest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Resource is a resource block with the arguments, each a line. Those of otherwise are given too, unless the arguments give them.
func Resource(resourceType, label string, arguments []string, otherwise ...string) string {
	body := slices.Clone(arguments)
	for _, line := range otherwise {
		name, _, _ := strings.Cut(line, " =")
		if !slices.ContainsFunc(arguments, func(given string) bool { return strings.HasPrefix(given, name+" =") }) {
			body = append(body, line)
		}
	}

	return fmt.Sprintf("\nresource %q %q {\n  %s\n}\n", resourceType, label, strings.Join(body, "\n  "))
}

// Placement is a placement argument of texts: name, value, name, value and so on.
func Placement(parts ...string) string {
	var body strings.Builder
	for i := 0; i+1 < len(parts); i += 2 {
		fmt.Fprintf(&body, " %s = %q,", parts[i], parts[i+1])
	}

	return fmt.Sprintf("placement = {%s }", strings.TrimSuffix(body.String(), ","))
}

// Applied is a step that applies a configuration with the expected action on the resource at the address, looks at the platform,
// and expects a second plan that is empty.
func Applied(address string, action plancheck.ResourceActionType, config string, check resource.TestCheckFunc) resource.TestStep {
	return resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: check,
	}
}

// StateIs checks attributes of the resource at the address: path, value, path, value and so on. The steps of a path are separated
// by dots. A value is a string, a pattern of one, a bool, an int or nil.
func StateIs(address string, pairs ...any) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		steps := strings.Split(name, ".")
		at := tfjsonpath.New(steps[0])
		for _, step := range steps[1:] {
			at = at.AtMapKey(step)
		}
		var want knownvalue.Check = knownvalue.Null()
		switch value := pairs[i+1].(type) {
		case string:
			want = knownvalue.StringExact(value)
		case *regexp.Regexp:
			want = knownvalue.StringRegexp(value)
		case bool:
			want = knownvalue.Bool(value)
		case int:
			want = knownvalue.Int64Exact(int64(value))
		}
		checks = append(checks, statecheck.ExpectKnownValue(address, at, want))
	}

	return checks
}

// Unchanged compares the values that the steps of a test see: they must not change.
type Unchanged struct{}

// CompareValues implements compare.ValueComparer.
func (Unchanged) CompareValues(values ...any) error {
	for _, value := range values[1:] {
		if value != values[0] {
			return fmt.Errorf("%v became %v", values[0], value)
		}
	}

	return nil
}

// Same returns an error unless both are equal.
func Same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}

	return nil
}

// Says returns a pattern of a text that the CLI has wrapped.
func Says(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(words), " ", `[\s│|]+`))
}

// SaysAll returns a pattern of texts, one after the other, that the CLI has wrapped.
func SaysAll(texts ...string) *regexp.Regexp {
	patterns := make([]string, len(texts))
	for i, text := range texts {
		patterns[i] = Says(text).String()
	}

	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}
