package vspheresnapshot

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
)

// TestMayDestroy_replaced refuses to plan the replacement of a snapshot that the user may not remove, unless the command only destroys, or applies what
// was planned.
func TestMayDestroy_replaced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command clicommand.Command
		refused bool
	}{
		"plan":                 {clicommand.Command{Name: "plan"}, true},
		"plan, not refreshed":  {clicommand.Command{Name: "plan", NoRefresh: true}, true},
		"apply":                {clicommand.Command{Name: "apply"}, true},
		"not known":            {clicommand.Command{}, true},
		"apply a plan":         {clicommand.Command{Name: "apply", SavedPlan: true}, false},
		"destroy, its refresh": {clicommand.Command{Name: "destroy", Destroy: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				c.taken()
				f.missing = []apierr.MissingPrivilege{{Privilege: privilegeRemove, Object: vmID}}
				c.Serve(func() func() resource.Resource { return on(f, playedcli.SharedBy(test.command)) })
				planned := c.Plan(basic(config{"memory": true}))
				refused := slices.ContainsFunc(planned.Errors, func(one *tfprotov6.Diagnostic) bool {
					return strings.HasPrefix(one.Summary, "Privileges are missing to remove snapshot")
				})
				if refused != test.refused {
					c.T.Errorf("refused: %t\n%s", refused, planned)
				}
			})
		})
	}
}
