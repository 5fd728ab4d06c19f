package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

const planFile = "demo.plan"

// names are the three clones that the configuration begins with.
var names = []string{"web-1", "web-2", "web-3"}

func (d *demo) plan(ctx context.Context) error {
	if err := d.succeed(ctx, "plan", "-out", planFile); err != nil {
		return err
	}
	actions, err := d.planned(ctx)
	if err != nil {
		return err
	}
	d.checks.that(maps.Equal(actions, map[string]string{"web-1": "create", "web-2": "create", "web-3": "create"}),
		"the plan creates web-1, web-2 and web-3 and nothing else")
	now, err := d.vcenter.machines(ctx)
	d.checks.that(slices.Equal(now, d.before), "planning changed nothing in the inventory")

	return err
}

func (d *demo) apply(ctx context.Context) error {
	if err := d.vcenter.holdClones(ctx); err != nil {
		return err
	}
	command, err := d.start(ctx, "apply", planFile)
	if err != nil {
		return err
	}
	seen := d.watch(ctx, command)
	result, err := command.Wait()
	if err != nil {
		return fmt.Errorf("run apply: %w", err)
	}
	if result.ExitCode != 0 {
		return fmt.Errorf("apply exited with %d:\n%s", result.ExitCode, result.Output)
	}
	d.checks.that(seen == len(names), "the three clones were made by three tasks at the same time, in progress when looked at")

	now, err := d.vcenter.machines(ctx)
	if err != nil {
		return err
	}
	state, err := d.stateOf(ctx)
	if err != nil {
		return err
	}
	d.clones = slices.DeleteFunc(slices.Clone(now), func(m machine) bool { return slices.Contains(d.before, m) })
	d.checks.that(slices.Equal(namesOf(d.clones), names), "the inventory has web-1, web-2 and web-3, and no other new machine")
	for _, clone := range d.clones {
		d.checks.that(clone.PowerState == "poweredOn" && !clone.Template && state[clone.Name].ID == clone.ID,
			"%s runs, and the state knows it as %s", clone.Name, clone.ID)
	}

	return d.plansEmpty(ctx)
}

// watch prints the progress of clone tasks until the command ends, and returns how many ran at one time. The tasks are held: it
// releases them when all have begun, or when that does not happen.
func (d *demo) watch(ctx context.Context, command *realcli.Command) int {
	most, last := 0, ""
	late, released := false, false
	hanging := time.After(patience)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-command.Done():
			return most
		case <-hanging:
			late = true
		case <-tick.C:
		}
		tasks, err := d.vcenter.clonings(ctx)
		if err != nil {
			continue // the inventory is checked afterwards
		}
		tasks = slices.DeleteFunc(tasks, func(w work) bool { return w.State != "running" })
		most = max(most, len(tasks))
		if !released && (late || most == len(names)) {
			released = d.vcenter.releaseTasks(ctx) == nil
		}
		if now := progress(tasks); now != last && len(tasks) > 0 {
			d.say.line("   %s", now)
			last = now
		}
	}
}

// progress draws a bar for each task.
func progress(tasks []work) string {
	const width = 10
	bars := make([]string, len(tasks))
	for i, task := range tasks {
		full := min(max(task.Percent, 0), 100) * width / 100
		bars[i] = fmt.Sprintf("[%s%s] %3d %%", strings.Repeat("#", full), strings.Repeat(".", width-full), task.Percent)
	}

	return "cloning " + strings.Join(bars, "  ")
}

func namesOf(machines []machine) []string {
	var all []string
	for _, m := range machines {
		all = append(all, m.Name)
	}

	return all
}
