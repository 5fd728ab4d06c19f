package lifecycle

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
)

func TestSeverity(t *testing.T) {
	t.Parallel()
	plan, apply := clicommand.Command{Name: "plan"}, clicommand.Command{Name: "apply"}
	planDestroy := clicommand.Command{Name: "plan", Destroy: true}
	destroy := clicommand.Command{Name: "destroy", Destroy: true}
	for name, test := range map[string]struct {
		give Circumstances
		want Severity
	}{
		"in state, plan":                   {Circumstances{Command: plan}, SeverityError},
		"in state, apply":                  {Circumstances{Command: apply}, SeverityError},
		"in state, apply walk":             {Circumstances{Command: apply, Walk: WalkApply}, SeverityError},
		"in state, no command":             {Circumstances{}, SeverityError},
		"in state, told to warn":           {Circumstances{Replacing: true, Override: OverrideWarn}, SeverityError},
		"replacement, plan":                {Circumstances{New: true, Replacing: true, Command: plan}, SeverityError},
		"replacement, apply":               {Circumstances{New: true, Replacing: true, Command: apply}, SeverityError},
		"replacement, no command":          {Circumstances{New: true, Replacing: true}, SeverityError},
		"replacement, told to warn":        {Circumstances{New: true, Replacing: true, Override: OverrideWarn}, SeverityError},
		"replacement, apply walk":          {Circumstances{New: true, Replacing: true, Command: apply, Walk: WalkApply}, SeveritySkip},
		"new, plan":                        {Circumstances{New: true, Command: plan}, SeverityError},
		"new, plan -destroy":               {Circumstances{New: true, Command: planDestroy}, SeveritySkip},
		"new, apply":                       {Circumstances{New: true, Command: apply}, SeverityWarning},
		"new, saved plan":                  {Circumstances{New: true, Command: clicommand.Command{Name: "apply", SavedPlan: true}}, SeverityWarning},
		"new, destroy":                     {Circumstances{New: true, Command: destroy}, SeveritySkip},
		"new, test":                        {Circumstances{New: true, Command: clicommand.Command{Name: "test"}}, SeverityWarning},
		"new, query":                       {Circumstances{New: true, Command: clicommand.Command{Name: "query"}}, SeverityWarning},
		"new, no command":                  {Circumstances{New: true}, SeverityWarning},
		"new, apply walk":                  {Circumstances{New: true, Command: apply, Walk: WalkApply}, SeveritySkip},
		"new, apply walk, told to fail":    {Circumstances{New: true, Walk: WalkApply, Override: OverrideError}, SeveritySkip},
		"new, told to fail":                {Circumstances{New: true, Override: OverrideError}, SeverityError},
		"new, apply, told to fail":         {Circumstances{New: true, Command: apply, Override: OverrideError}, SeverityError},
		"new, plan, told to warn":          {Circumstances{New: true, Command: plan, Override: OverrideWarn}, SeverityWarning},
		"new, told of the plan walk":       {Circumstances{New: true, Command: apply, Walk: WalkPlan}, SeverityError},
		"new, destroy's plan walk":         {Circumstances{New: true, Command: destroy, Walk: WalkPlan}, SeveritySkip},
		"new, plan walk, told to warn":     {Circumstances{New: true, Walk: WalkPlan, Override: OverrideWarn}, SeverityWarning},
		"new, plan -destroy, told to fail": {Circumstances{New: true, Command: planDestroy, Override: OverrideError}, SeveritySkip},
		"in state, destroy":                {Circumstances{Command: destroy}, SeveritySkip},
		"replacement, destroy":             {Circumstances{New: true, Replacing: true, Command: destroy}, SeveritySkip},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.give.Severity(); got != test.want {
				t.Errorf("severity %d, want %d", got, test.want)
			}
		})
	}
}
