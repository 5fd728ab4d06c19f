package chaos

import (
	"context"
	"slices"
)

// createFirst is what lets the CLI create a replacement before it destroys what it replaces.
const createFirst = "  lifecycle {\n    create_before_destroy = true\n  }\n"

// CreateFirst returns the resource with create_before_destroy.
func (r Resource) CreateFirst() Resource {
	r.Body += createFirst

	return r
}

// Mistaken draws the replacement of one of the resources that can't be made: it is to be created first, by a name that the object itself
// has. It is nil in most cases.
func (d Drawing) Mistaken(resources []Resource, fit func(resource Resource) bool) *Mistake {
	wanted, which := d.Perhaps(mistakes), d.Random.IntN(1<<16)
	var fitting []int
	for i, resource := range resources {
		if fit(resource) {
			fitting = append(fitting, i)
		}
	}
	if !wanted || len(fitting) == 0 {
		return nil
	}
	i := fitting[which%len(fitting)]
	all := slices.Clone(resources)
	all[i] = all[i].CreateFirst()

	return &Mistake{Resources: all, Replaced: all[i].Address()}
}

// mistakes is in how many of a hundred plans a user makes one.
const mistakes = 30

// Mistake is a configuration whose apply has to fail.
type Mistake struct {
	Resources []Resource
	Replaced  string // the address of the resource that is replaced in it
}

// mistaken applies the mistake of the plan, where there is a healthy object to lose. The apply fails, and that object stays current in state.
func (r *run) mistaken(ctx context.Context) error {
	if r.plan.Mistake == nil {
		return nil
	}
	before, found, err := r.inState(r.plan.Mistake.Replaced)
	if err != nil || !found || before.id == "" || before.tainted {
		return err
	}
	if err := r.configure(r.plan.Mistake.Resources); err != nil {
		return err
	}
	result, _, err := r.command(ctx, mistake, nil, "apply", "-auto-approve", "-replace="+before.address)
	if err != nil {
		return err
	}
	if result.ExitCode == 0 {
		r.violated(8, mistake, "%s was replaced by an object of its own name:\n%s", before, result.Output)
	}
	after, found, err := r.inState(before.address)
	switch {
	case err != nil:
		return err
	case !found, after.id != before.id:
		r.violated(8, mistake, "%s is not current in state any more: %s\n%s", before, r.stateInWords(), result.Output)
	}

	return r.accounted(mistake, result.Output)
}

// inState returns the current instance of a resource in state, whose id still names its object, and whose name that still holds.
func (r *run) inState(address string) (held, bool, error) {
	state, err := readState(r.workspace.Dir)
	i := slices.IndexFunc(state, func(instance held) bool { return instance.address == address && !instance.deposed })
	if err != nil || i < 0 {
		return held{}, false, err
	}

	return state[i], slices.ContainsFunc(r.objects(), func(object Object) bool { return object.ID == state[i].id && !object.Away }), nil
}
