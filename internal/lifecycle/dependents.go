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
			over, err := n.awaitEnd(ctx, id, known)
			switch {
			case err != nil:
				return ids, err
			case !over: // another process may have destroyed it: a CLI starts one for each provider block
				return remaining(ctx)
			}
		}
	}
}

// awaitEnd waits for an operation on the object that is not known yet, and notes it. It reports false where none began, or it failed.
func (n *Names) awaitEnd(ctx context.Context, id string, known map[string]*departure) (bool, error) {
	left, err := n.await(ctx, "", id, known[id])
	if errors.Is(err, errNotBegun) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	known[id] = left

	return left.failed == nil, nil
}
