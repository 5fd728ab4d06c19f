package lifecycle

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Check is one question of a plan to the live inventory; it returns what it has to say.
type Check func(ctx context.Context) diag.Diagnostics

// RunChecks makes the checks all at once, since clients make few requests of questions that come together, and returns what
// they say in their order.
func RunChecks(ctx context.Context, checks []Check) diag.Diagnostics {
	answers := make([]diag.Diagnostics, len(checks))
	var group sync.WaitGroup
	for i, ask := range checks {
		group.Go(func() { answers[i] = ask(ctx) })
	}
	group.Wait()

	var all diag.Diagnostics
	for _, answer := range answers {
		all.Append(answer...)
	}

	return all
}
