package lifecycle

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// named is an object with a name in some place. An empty name is not known.
type named struct {
	object

	name, place string
}

func (n named) ObjectName() string          { return n.name }
func (n named) Pending() bool               { return n.pendingTask != "" }
func (n named) Bare(string, string) named   { return n }
func (n named) Forecast(named, named) named { return n }
func (n named) Keeping(named) named         { return n }
func (n named) Creation() tfdiag.Creation {
	return tfdiag.Creation{Object: "VM " + n.name, ResourceType: "vmfork_vsphere_clone"}
}

func (n named) Replaces(named, Notes) (path.Paths, diag.Diagnostics) { return nil, nil }

// namingAdapter is an adapter whose checks have nothing to say.
type namingAdapter struct {
	Adapter[named, string, evidence]
}

func (namingAdapter) Check(context.Context, Planned[named]) diag.Diagnostics { return nil }
func (namingAdapter) PlannedName(_ context.Context, planned Planned[named]) (PlannedName, bool) {
	return PlannedName{Place: planned.Plan.place, Name: planned.Plan.name}, planned.Plan.name != ""
}

// TestNameTwice plans resource instances one after another, as each command has the CLI do.
func TestNameTwice(t *testing.T) {
	t.Parallel()
	plan, apply := clicommand.Command{Name: "plan"}, clicommand.Command{Name: "apply"}
	fresh := func(name string) Planned[named] { return Planned[named]{Plan: named{name: name, place: "a"}} }
	kept := func(id, before, name string) Planned[named] {
		return Planned[named]{
			Prior: &named{object: object{id: id}, name: before, place: "a"}, Plan: named{object: object{id: id}, name: name, place: "a"},
		}
	}
	replacing := func(id, name string) []Planned[named] { // the two calls of a replacement
		first, second := kept(id, name, name), fresh(name)
		first.Replaces = true
		second.Replaced = &Replaced{ID: id, Name: name, Replaces: true}

		return []Planned[named]{first, second}
	}
	elsewhere := fresh("web")
	elsewhere.Plan.place = "b"
	pending := kept("", "web", "web")
	pending.Prior.pendingTask = "task-1"
	pendingReplaced := fresh("web")
	pendingReplaced.Replaced = &Replaced{Name: "web"}
	two := []Planned[named]{fresh("web"), fresh("web")}
	for name, test := range map[string]struct {
		command         clicommand.Command
		override        Override
		changed         bool // the process has changed something
		planned         []Planned[named]
		errors, warning int
	}{
		"two new ones":                         {command: plan, planned: two, errors: 1},
		"three new ones":                       {command: plan, planned: append(two, fresh("web")), errors: 2},
		"two names":                            {command: plan, planned: []Planned[named]{fresh("web"), fresh("db")}},
		"two places":                           {command: plan, planned: []Planned[named]{fresh("web"), elsewhere}},
		"names that are not known":             {command: plan, planned: []Planned[named]{fresh(""), fresh("")}},
		"a new one and one in state":           {command: plan, planned: []Planned[named]{fresh("web"), kept("vm-1", "web", "web")}, errors: 1},
		"one in state and a new one":           {command: plan, planned: []Planned[named]{kept("vm-1", "web", "web"), fresh("web")}, errors: 1},
		"a new one takes a name that is freed": {command: plan, planned: []Planned[named]{fresh("web"), kept("vm-1", "web", "db")}},
		"two renames":                          {command: plan, planned: []Planned[named]{kept("vm-1", "a", "web"), kept("vm-2", "b", "web")}, errors: 1},
		"a swap":                               {command: plan, planned: []Planned[named]{kept("vm-1", "a", "b"), kept("vm-2", "b", "a")}},
		"two that keep their names":            {command: plan, planned: []Planned[named]{kept("vm-1", "web", "web"), kept("vm-2", "web", "web")}},
		"one object twice":                     {command: plan, planned: []Planned[named]{kept("vm-1", "web", "db"), kept("vm-1", "web", "db")}},
		"a name that becomes unknown":          {command: plan, planned: []Planned[named]{kept("vm-1", "web", "web"), kept("vm-1", "web", ""), fresh("web")}},
		"a replacement":                        {command: plan, planned: replacing("vm-1", "web")},
		"a replacement and a new one":          {command: plan, planned: append(replacing("vm-1", "web"), fresh("web")), errors: 1},
		"the replacement of a pending one":     {command: plan, planned: []Planned[named]{pending, pendingReplaced}},
		"a pending one, and one in state":      {command: plan, planned: []Planned[named]{kept("vm-1", "web", "web"), pending}},
		"apply":                                {command: apply, planned: two, warning: 1},
		"apply, one in state":                  {command: apply, planned: []Planned[named]{fresh("web"), kept("vm-1", "db", "web")}, warning: 1},
		"apply, told to fail":                  {command: apply, override: OverrideError, planned: two, errors: 1},
		"plan, told to warn":                   {command: plan, override: OverrideWarn, planned: two, warning: 1},
		"saved plan":                           {command: clicommand.Command{Name: "apply", SavedPlan: true}, planned: two},
		"apply walk":                           {command: apply, changed: true, planned: two},
		"plan -destroy":                        {command: clicommand.Command{Name: "plan", Destroy: true}, planned: two},
		"destroy":                              {command: clicommand.Command{Name: "destroy", Destroy: true}, planned: two},
		"test, which may plan one thing twice": {command: clicommand.Command{Name: "test"}, planned: two},
		"not known, told to fail":              {override: OverrideError, planned: two},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewResource[named, string, evidence](Kind{})
			r.Use(namingAdapter{}, NewShared(nil).In(&Process{Command: test.command}, test.override), nil)
			if test.changed {
				r.shared.Process.change()()
			}
			var found diag.Diagnostics
			for _, planned := range test.planned {
				found = append(found, r.check(t.Context(), planned)...)
			}
			if found.ErrorsCount() != test.errors || found.WarningsCount() != test.warning {
				t.Errorf("%d errors, %d warnings, want %d and %d: %v", found.ErrorsCount(), found.WarningsCount(), test.errors, test.warning, found)
			}
		})
	}
}
