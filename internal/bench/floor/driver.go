package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Platform is the vCenter or ZStack to work on.
type Platform struct {
	URL                string
	Username, Password string
	CACertificate      string // PEM, of a server that speaks TLS
}

// Order says what to make.
type Order struct {
	Objects     int
	Parallelism int // how many operations are under way at once
	// Machines are the ids of the VMs that objects are made from, one after the other and then again. Scenarios that clone a
	// template take none.
	Machines []string
	// Task is how long a task of the platform takes: nothing is asked for before.
	Task time.Duration
}

// Driver works on one order.
type Driver struct {
	// Apply makes the objects and reads them.
	Apply func(ctx context.Context) error
	// Refresh reads the objects, all at once.
	Refresh func(ctx context.Context) error
	// Update changes one property of each object, and reads them.
	Update func(ctx context.Context) error
	// Destroy ends the objects.
	Destroy func(ctx context.Context) error
}

// New returns the driver of a scenario.
func New(scenario string, at Platform, order Order) (*Driver, error) {
	if chosen, is := onVCenter[scenario]; is {
		return drive(connectVCenter, chosen, at, order), nil
	}
	if chosen, is := onZStack[scenario]; is {
		return drive(connectZStack, chosen, at, order), nil
	}

	return nil, fmt.Errorf("the floor knows no scenario %q", scenario)
}

// object is what was made, and the VM that it belongs to where it is none itself.
type object struct{ id, of string }

// operations are those of one scenario, on sessions of type S.
type operations[S session] struct {
	// prepare reads what create needs; nil for nothing.
	prepare func(ctx context.Context, on S) error
	// create makes objects, as many as together says.
	create func(ctx context.Context, on S, indices []int) ([]object, error)
	// together says that one call makes as many objects as may be under way at once.
	together bool
	read     func(ctx context.Context, on S, made []object) error
	update   func(ctx context.Context, on S, index int, one object) error
	destroy  func(ctx context.Context, on S, one object) error
}

// session is a login, with the loop that waits for its tasks.
type session interface {
	close(ctx context.Context) error
}

// drive makes a driver that connects for each step, as each command of a CLI does.
func drive[S session](
	connect func(context.Context, Platform, Order) (S, error), does operations[S], at Platform, order Order,
) *Driver {
	var made []object
	connected := func(act func(ctx context.Context, on S) error) func(context.Context) error {
		return func(ctx context.Context) error {
			on, err := connect(ctx, at, order)
			if err != nil {
				return err
			}
			err = act(ctx, on)

			return errors.Join(err, on.close(ctx))
		}
	}
	read := func(ctx context.Context, on S) error { return does.read(ctx, on, made) }
	forEach := func(act func(ctx context.Context, on S, index int, one object) error) func(context.Context, S) error {
		return func(ctx context.Context, on S) error {
			group, ctx := atMost(ctx, order.Parallelism)
			for i, one := range made {
				group.Go(func() error { return act(ctx, on, i, one) })
			}

			return group.Wait()
		}
	}

	return &Driver{
		Apply: connected(func(ctx context.Context, on S) (err error) {
			if does.prepare != nil {
				if err := does.prepare(ctx, on); err != nil {
					return err
				}
			}
			if made, err = does.createAll(ctx, on, order); err != nil {
				return err
			}

			return read(ctx, on)
		}),
		Refresh: connected(read),
		Update: connected(func(ctx context.Context, on S) error {
			if err := forEach(does.update)(ctx, on); err != nil {
				return err
			}

			return read(ctx, on)
		}),
		Destroy: connected(forEach(func(ctx context.Context, on S, _ int, one object) error { return does.destroy(ctx, on, one) })),
	}
}

// createAll makes the objects of an order.
func (o operations[S]) createAll(ctx context.Context, on S, order Order) ([]object, error) {
	size, workers := 1, order.Parallelism
	if o.together {
		size, workers = order.Parallelism, 1
	}
	indices := make([]int, order.Objects)
	for i := range indices {
		indices[i] = i
	}
	made := make([]object, order.Objects)
	group, ctx := atMost(ctx, workers)
	for chunk := range slices.Chunk(indices, size) {
		group.Go(func() error {
			objects, err := o.create(ctx, on, chunk)
			if err == nil {
				copy(made[chunk[0]:], objects)
			}

			return err
		})
	}

	return made, group.Wait() //nolint:wrapcheck // the group's error is create's
}

// each makes a create for one object at a time.
func each[S session](create func(ctx context.Context, on S, index int) (object, error)) func(context.Context, S, []int) ([]object, error) {
	return func(ctx context.Context, on S, indices []int) ([]object, error) {
		made := make([]object, 0, len(indices))
		for _, i := range indices {
			one, err := create(ctx, on, i)
			if err != nil {
				return nil, err
			}
			made = append(made, one)
		}

		return made, nil
	}
}

func atMost(ctx context.Context, limit int) (*errgroup.Group, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)

	return group, ctx
}

// name is what the object of an index is called.
func name(index int) string { return fmt.Sprintf("counted-%d", index) }

// renamed is what it is called, or described as, after an update.
func renamed(index int) string { return name(index) + "-changed" }
