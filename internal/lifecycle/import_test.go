package lifecycle

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
)

// beside is what is stored beside a state.
type beside map[string][]byte

func (b beside) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return b[key], nil }

func (b beside) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	b[key] = value

	return nil
}

// TestAgedImport refreshes an imported object in one command after another.
func TestAgedImport(t *testing.T) {
	t.Parallel()
	plan, apply := clicommand.Command{Name: "plan"}, clicommand.Command{Name: "apply"}
	for name, test := range map[string]struct {
		stored   string
		commands []clicommand.Command
		imports  bool // in the process of each command
		want     importMark
		holds    bool
	}{
		"never imported":                    {"", []clicommand.Command{apply, apply}, false, "", false},
		"imported":                          {`"imported"`, nil, false, imported, true},
		"of an older version":               {`true`, nil, false, imported, true},
		"the refresh of the import":         {`"imported"`, []clicommand.Command{apply}, true, imported, true},
		"the first apply":                   {`"imported"`, []clicommand.Command{apply}, false, importRead, true},
		"an apply that stored its state":    {`"imported"`, []clicommand.Command{apply, plan}, false, importEnded, false},
		"a saved plan that was applied":     {`"imported"`, []clicommand.Command{plan, plan}, false, importEnded, false},
		"over for good":                     {`"ended"`, []clicommand.Command{plan, apply}, false, importEnded, false},
		"without the configuration":         {`"imported"`, []clicommand.Command{{Name: "refresh"}, {Name: "apply", RefreshOnly: true}}, false, imported, true},
		"commands that are not known":       {`"imported"`, []clicommand.Command{{}, {}}, false, imported, true},
		"destroys and tests say no more":    {`"imported"`, []clicommand.Command{{Name: "destroy", Destroy: true}, {Name: "test"}}, false, imported, true},
		"an apply after one without a look": {`"imported"`, []clicommand.Command{{Name: "apply", RefreshOnly: true}, apply}, false, importRead, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := beside{}
			if test.stored != "" {
				store[privateImported] = []byte(test.stored)
			}
			for _, command := range test.commands {
				process := &Process{Command: command}
				process.imports.Store(test.imports)
				r := Resource[object, string, string]{shared: NewShared(nil).In(process, "")}
				if diags := r.agedImport(t.Context(), store); diags.HasError() {
					t.Fatal(diags)
				}
			}
			if got := importMarkIn(t.Context(), store); got != test.want || got.holds() != test.holds {
				t.Errorf("%q holds: %v; want %q, %v", got, got.holds(), test.want, test.holds)
			}
		})
	}
}
