package main

import "context"

// steps are what a user does on ZStack.
func (n *managementNode) steps() []step {
	return []step{
		{title: "clone a virtual machine", adds: []string{"clone"}, check: n.is("clone", "the clone")},
		{title: "make two clones by one call", adds: []string{"two"}, check: n.is("b", "one of the two")},
		{title: "rename a clone", set: map[string]any{"renamed": true}, check: n.is("renamed", "the renamed clone")},
		{title: "rename it by hand: the drift is seen and repaired", run: n.drift},
		{title: "take a snapshot group", adds: []string{"snapshot"}},
		{
			title: "press Ctrl-C in a clone, and apply again", adds: []string{"interrupted"},
			run: interrupted("CloneVmInstance"), check: n.is("interrupted", "the interrupted clone"),
		},
	}
}

// is checks that exactly one machine has the name.
func (n *managementNode) is(name, what string) func(context.Context) error {
	return func(ctx context.Context) error {
		found, err := n.named(ctx, name)
		if err == nil && len(found) != 1 {
			err = wrong("%s is there %d times, not once", what, len(found))
		}

		return err
	}
}

// drift renames the clone past the provider.
func (n *managementNode) drift(ctx context.Context, w *workspace) error {
	found, err := n.named(ctx, "renamed")
	if err != nil || len(found) != 1 {
		return wrong("the clone is there %d times, not once: %v", len(found), err)
	}
	if err := n.act(ctx, found[0].UUID, "updateVmInstance", map[string]any{"name": n.prefix + "-by-hand"}, nil); err != nil {
		return err
	}
	if err := w.plans(ctx, 2, "the plan does not see the drift"); err != nil {
		return err
	}
	if err := applied(ctx, w); err != nil {
		return err
	}
	now, err := n.named(ctx, "renamed")
	if err == nil && (len(now) != 1 || now[0].UUID != found[0].UUID) {
		err = wrong("the clone has not got its name back")
	}

	return err
}
