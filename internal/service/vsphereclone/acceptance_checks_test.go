package vsphereclone_test

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// exactlyUnknown checks how many values of the clone a plan leaves open.
type exactlyUnknown struct{ count int }

// CheckPlan implements plancheck.PlanCheck.
func (e exactlyUnknown) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if open := countTrue(change.Change.AfterUnknown); change.Address == web && open != e.count {
			resp.Error = fmt.Errorf("the plan leaves %d values open, want %d: %v", open, e.count, change.Change.AfterUnknown)
		}
	}
}

func countTrue(value any) int {
	count := 0
	switch value := value.(type) {
	case bool:
		if value {
			count++
		}
	case map[string]any:
		for _, member := range value {
			count += countTrue(member)
		}
	case []any:
		for _, member := range value {
			count += countTrue(member)
		}
	}

	return count
}
