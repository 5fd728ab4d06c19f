package vsphereftsecondary

import (
	"context"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// run starts one task and sees it through, within the limit of concurrent tasks. A VM that is busy is tried again until ctx
// ends; a request whose answer was lost is sent once more, which every task can take that only switches something.
func run[T any](ctx context.Context, r *secondaryResource, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	steps := lifecycle.Steps{Logger: r.logger, Slot: r.client.AcquireTaskSlot, Worth: lifecycle.BusyOrLostOnce}

	return lifecycle.RunStep(ctx, steps, start)
}
