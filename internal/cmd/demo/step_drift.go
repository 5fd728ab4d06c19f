package main

import (
	"context"
	"errors"
	"maps"
	"slices"
)

const byHand = "renamed-by-hand"

func (d *demo) changeByHand(ctx context.Context) error {
	off, renamed := d.clones[0], d.clones[1]
	d.say.done("another user switches %s off and renames %s to %s", off.Name, renamed.Name, byHand)
	if err := errors.Join(
		d.vcenter.change(ctx, off.ID, map[string]any{"power_state": "poweredOff"}),
		d.vcenter.change(ctx, renamed.ID, map[string]any{"name": byHand}),
	); err != nil {
		return err
	}
	now, err := d.named(ctx, off.Name)
	if err != nil {
		return err
	}
	d.checks.that(len(now) == 1 && now[0].PowerState == "poweredOff", "%s is off", off.Name)
	now, err = d.named(ctx, byHand)
	d.checks.that(len(now) == 1 && now[0].ID == renamed.ID, "%s is called %s", renamed.ID, byHand)

	return err
}

func (d *demo) planDrift(ctx context.Context) error {
	result, err := d.cli(ctx, "plan", "-detailed-exitcode", "-out", planFile)
	if err != nil {
		return err
	}
	d.checks.that(result.ExitCode == 2, "the plan says that there is something to do")
	actions, err := d.planned(ctx)
	d.checks.that(maps.Equal(actions, map[string]string{"web-1": "update", "web-2": "update", "web-3": "no-op"}),
		"it repairs web-1 and web-2 in place, replaces nothing, and leaves web-3 alone")

	return err
}

func (d *demo) repair(ctx context.Context) error {
	if err := d.succeed(ctx, "apply", planFile); err != nil {
		return err
	}
	now, err := d.vcenter.machines(ctx)
	if err != nil {
		return err
	}
	now = slices.DeleteFunc(now, func(m machine) bool { return slices.Contains(d.before, m) })
	d.checks.that(slices.Equal(now, d.clones), "all three are as they were: same machines, names, places, and running")

	return d.plansEmpty(ctx)
}
