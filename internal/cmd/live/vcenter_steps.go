package main

import (
	"context"
	"fmt"
)

// cloneCall is what the provider logs as the method of a clone by REST.
const cloneCall = "POST /api/vcenter/vm?action=clone"

// steps are what a user does on vSphere.
func (v *vcenter) steps() []step {
	return []step{
		{title: "clone a virtual machine", adds: []string{"clone"}, check: v.is("clone", "the clone")},
		{title: "rename it", set: map[string]any{"renamed": true}, check: v.is("renamed", "the renamed clone")},
		{title: "move it to another folder", set: map[string]any{"moved": true}, check: v.isIn("renamed", "the moved clone")},
		{title: "rename it by hand: the drift is seen and repaired", run: v.drift},
		{title: "take a snapshot", adds: []string{"snapshot"}, check: v.hasSnapshot},
		{title: "make a template", adds: []string{"template"}, check: v.is("template", "the template")},
		{title: "clone the template", adds: []string{"from_template"}, check: v.is("from-template", "the template's clone")},
		{title: "run a clone without its network", adds: []string{"running"}, check: v.is("running", "the running clone")},
		{title: "make an instant clone of it", adds: []string{"fork"}, check: v.is("fork", "the instant clone")},
		{
			title: "press Ctrl-C in a clone, and apply again", adds: []string{"interrupted"},
			run: interrupted(cloneCall), check: v.is("interrupted", "the interrupted clone"),
		},
	}
}

// is checks that exactly one machine has the name.
func (v *vcenter) is(name, what string) func(context.Context) error {
	return func(ctx context.Context) error {
		found, err := v.named(ctx, v.prefix+"-"+name)
		if err == nil && len(found) != 1 {
			err = wrong("%s is there %d times, not once", what, len(found))
		}

		return err
	}
}

// isIn is is, in the folder that machines are moved to.
func (v *vcenter) isIn(name, what string) func(context.Context) error {
	return func(ctx context.Context) error {
		found, err := v.named(ctx, v.prefix+"-"+name)
		if err == nil && (len(found) != 1 || found[0].Parent == nil || *found[0].Parent != v.moved.Reference()) {
			err = wrong("%s is not in its folder", what)
		}

		return err
	}
}

// drift renames the clone past the provider.
func (v *vcenter) drift(ctx context.Context, w *workspace) error {
	const want = "renamed"
	found, err := v.named(ctx, v.prefix+"-"+want)
	if err != nil || len(found) != 1 {
		return wrong("the clone is there %d times, not once: %v", len(found), err)
	}
	if err := v.rename(ctx, found[0].Self, v.prefix+"-by-hand"); err != nil {
		return err
	}
	if err := w.plans(ctx, 2, "the plan does not see the drift"); err != nil {
		return err
	}
	if err := applied(ctx, w); err != nil {
		return err
	}
	now, err := v.named(ctx, v.prefix+"-"+want)
	if err == nil && (len(now) != 1 || now[0].Self != found[0].Self) {
		err = wrong("the clone has not got its name back")
	}

	return err
}

// hasSnapshot checks that the clone has one snapshot.
func (v *vcenter) hasSnapshot(ctx context.Context) error {
	found, err := v.named(ctx, v.prefix+"-renamed")
	if err == nil && (len(found) != 1 || found[0].Snapshot == nil || len(found[0].Snapshot.RootSnapshotList) != 1) {
		err = wrong("the clone does not have one snapshot")
	}

	return err
}

// wrong is something that is not as it should be. The text names nothing of the platform.
func wrong(format string, args ...any) error { return found{what: fmt.Sprintf(format, args...)} }
