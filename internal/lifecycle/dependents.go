package lifecycle

import (
	"context"
	"errors"
)

// AwaitGone waits until remaining returns no ids any more. It returns the ids of objects that stay: of one of them no operation that ends its
// dependence began within [Names.Patience], or that operation failed. The CLI begins the destroys of one apply one after another, and knows
// of no order between resources that do not refer to each other. Its error is that of remaining, or says that ctx ended.
func (n *Names) AwaitGone(ctx context.Context, remaining func(ctx context.Context) ([]string, error)) (staying []string, err error) {
	known := map[string]*departure{}
	for {
		ids, err := remaining(ctx)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		for _, id := range ids {
			left, err := n.await(ctx, "", id, known[id])
			if errors.Is(err, errNotBegun) { // another process may have destroyed it: a CLI starts one for each provider block
				return remaining(ctx)
			}
			if err != nil {
				return ids, err
			}
			if known[id] = left; left.failed != nil {
				return ids, nil
			}
		}
	}
}
