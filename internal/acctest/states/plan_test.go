package states_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// planned is what a plan would do with a resource.
type planned struct {
	Actions []string `json:"actions"`
	// Reason is why it is replaced.
	Reason string `json:"reason,omitempty"`
	// Changes are the attributes of the state that an update changes.
	Changes []string `json:"changes,omitempty"`
	// Drift are the attributes of the state that a refresh finds otherwise.
	Drift []string `json:"drift,omitempty"`
}

type change struct {
	Actions []string       `json:"actions"`
	Before  map[string]any `json:"before"`
	After   map[string]any `json:"after"`
	Unknown map[string]any `json:"after_unknown"`
}

type changed struct {
	Address string `json:"address"`
	Reason  string `json:"action_reason"`
	Change  change `json:"change"`
}

// planOf plans and returns what is planned for the resource at the address. State is what the CLI plans from.
func planOf(t *testing.T, workspace *realcli.Workspace, address, state string) planned {
	t.Helper()
	plan := acctest.RunCLI(t, workspace, "plan", "-detailed-exitcode", "-no-color", "-out=plan")
	if plan.ExitCode != 0 && plan.ExitCode != 2 {
		t.Fatalf("the plan ended with exit code %d:\n%s", plan.ExitCode, plan.Output)
	}
	show := acctest.MustRunCLI(t, workspace, 0, "show", "-json", "plan")
	var shown struct {
		Changes []changed `json:"resource_changes"`
		Drift   []changed `json:"resource_drift"`
	}
	if err := json.Unmarshal([]byte(show.Output), &shown); err != nil {
		t.Fatalf("%v: %s", err, show.Output)
	}
	var result planned
	for _, one := range shown.Drift {
		result.Drift = append(result.Drift, one.Change.attributes(known(t, state))...)
	}
	for _, one := range shown.Changes {
		if one.Address != address {
			t.Errorf("%v of %s is planned", one.Change.Actions, one.Address)

			continue
		}
		result.Actions, result.Reason = one.Change.Actions, one.Reason
		if slices.Equal(result.Actions, []string{"update"}) {
			result.Changes = one.Change.attributes(known(t, state))
		}
	}
	if none := slices.Equal(result.Actions, []string{"no-op"}); none != (plan.ExitCode == 0) {
		t.Errorf("the plan's exit code is %d:\n%s", plan.ExitCode, plan.Output)
	}

	return result
}

// attributes returns the attributes that change, of those in question.
func (c change) attributes(question map[string]any) []string {
	var names []string
	for name, unknown := range c.Unknown {
		if unknown != false && !reflect.DeepEqual(unknown, map[string]any{}) && !reflect.DeepEqual(unknown, []any{}) {
			if _, there := c.After[name]; !there {
				names = append(names, name)
			}
		}
	}
	for _, values := range []map[string]any{c.Before, c.After} {
		for name := range values {
			if !reflect.DeepEqual(c.Before[name], c.After[name]) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)

	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		_, there := question[name]

		return !there
	})
}

// known returns the attributes that a state has, be they null.
func known(t *testing.T, state string) map[string]any {
	t.Helper()
	var decoded struct {
		Resources []struct {
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal([]byte(state), &decoded); err != nil {
		t.Fatal(err)
	}
	if len(decoded.Resources) != 1 || len(decoded.Resources[0].Instances) != 1 {
		t.Fatalf("the state has not one object: %s", state)
	}

	return decoded.Resources[0].Instances[0].Attributes
}
