package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// zstackNames are the clones on ZStack.
var zstackNames = []string{"web-1", "web-2", "web-3", "web-4"}

// cloneOnZStack makes the clones and counts the calls that made them.
func (d *demo) cloneOnZStack(ctx context.Context) error {
	var err error
	if d.zstackBefore, err = d.zstack.machines(ctx); err != nil {
		return err
	}
	config := zstackConfiguration(d.zstack.access.CACertificate)
	if err := d.workIn(ctx, "zstack", d.zstack.environment(), config, zstackNames); err != nil {
		return err
	}
	if err := d.succeed(ctx, "apply", "-auto-approve"); err != nil {
		return err
	}

	if d.zstackClones, err = d.made(ctx); err != nil {
		return err
	}
	state, err := d.stateOf(ctx)
	if err != nil {
		return err
	}
	d.checks.that(slices.Equal(zstackNamesOf(d.zstackClones), zstackNames), "the inventory has web-1 to web-4, and no other new machine")
	d.checks.that(!slices.ContainsFunc(d.zstackClones, func(vm zstackVM) bool {
		return vm.State != "Running" || state[vm.Name].ID != vm.UUID
	}), "all of them run, and the state knows each by its uuid")
	_, counts, err := d.zstack.requests(ctx)
	if err != nil {
		return err
	}
	// Usually one call makes all four; the busier the machine, the further apart the CLI asks for them.
	calls := counts["CloneVmInstance"]
	d.checks.that(calls >= 1 && calls <= len(zstackNames), "the four took no more CloneVmInstance calls than needed (%d sent)", calls)

	return d.plansEmpty(ctx)
}

// repairOnZStack changes two clones past Terraform, and has the drift seen and repaired.
func (d *demo) repairOnZStack(ctx context.Context) error {
	off, renamed := d.zstackClones[0], d.zstackClones[1]
	d.say.done("another user switches %s off and renames %s to %s", off.Name, renamed.Name, byHand)
	if err := errors.Join(
		d.zstack.change(ctx, off.UUID, map[string]any{"state": "Stopped"}),
		d.zstack.change(ctx, renamed.UUID, map[string]any{"name": byHand}),
	); err != nil {
		return err
	}
	if err := d.succeed(ctx, "plan", "-out", planFile); err != nil {
		return err
	}
	actions, err := d.planned(ctx)
	if err != nil {
		return err
	}
	d.checks.that(maps.Equal(actions, map[string]string{"web-1": "update", "web-2": "update", "web-3": "no-op", "web-4": "no-op"}),
		"the plan repairs web-1 and web-2 in place, and leaves the others alone")
	if err := d.succeed(ctx, "apply", planFile); err != nil {
		return err
	}
	now, err := d.made(ctx)
	d.checks.that(slices.Equal(now, d.zstackClones), "all four are as they were: same machines, names, and running")
	if err != nil {
		return err
	}

	return d.plansEmpty(ctx)
}

// snapshotOnZStack takes a snapshot of all volumes of a clone at once.
func (d *demo) snapshotOnZStack(ctx context.Context) error {
	err := d.terraform.Write("snapshot.tf", `resource "vmfork_zstack_snapshot" "before" {
  vm_uuid     = vmfork_zstack_clone.web["web-1"].id
  name        = "before the upgrade"
  description = "Taken before the upgrade"
}
`)
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := d.succeed(ctx, "apply", "-auto-approve"); err != nil {
		return err
	}
	groups, err := d.zstack.snapshotGroups(ctx)
	if err != nil {
		return err
	}
	web := d.zstackClones[0]
	d.checks.that(len(groups) == 1 && groups[0].VMUUID == web.UUID && groups[0].Name == "before the upgrade" &&
		len(groups[0].Snapshots) > 0 && groups[0].Snapshots[0].VolumeUUID == web.RootVolumeUUID,
		"the inventory has a snapshot group of %s, its root volume in it", web.Name)

	return d.plansEmpty(ctx)
}

// recycleOnZStack destroys a clone past Terraform: ZStack keeps it in its recycle bin, and it counts as gone.
func (d *demo) recycleOnZStack(ctx context.Context) error {
	gone := d.zstackClones[1]
	if err := d.zstack.destroy(ctx, gone.UUID); err != nil {
		return err
	}
	if err := d.succeed(ctx, "plan", "-out", planFile); err != nil {
		return err
	}
	actions, err := d.planned(ctx)
	if err != nil {
		return err
	}
	d.checks.that(maps.Equal(actions, map[string]string{"web-1": "no-op", "web-2": "create", "web-3": "no-op", "web-4": "no-op"}),
		"the plan makes a new %s and leaves the others alone", gone.Name)
	if err := d.succeed(ctx, "apply", planFile); err != nil {
		return err
	}
	now, err := d.made(ctx)
	if err != nil {
		return err
	}
	now = slices.DeleteFunc(now, func(vm zstackVM) bool { return vm.Name != gone.Name })
	d.checks.that(len(now) == 2 && now[0].UUID == gone.UUID && now[0].State == inRecycleBin && now[1].State == "Running",
		"there are two %s now: the old one in the recycle bin, and a new one that runs", gone.Name)

	return d.plansEmpty(ctx)
}

// destroyOnZStack takes everything down; the recycle bin keeps the machines.
func (d *demo) destroyOnZStack(ctx context.Context) error {
	if err := d.succeed(ctx, "destroy", "-auto-approve"); err != nil {
		return err
	}
	bin, err := d.made(ctx)
	if err != nil {
		return err
	}
	d.checks.that(len(bin) == len(zstackNames)+1 && !slices.ContainsFunc(bin, func(vm zstackVM) bool { return vm.State != inRecycleBin }),
		"all five machines that were ever made are in the recycle bin, where an administrator can still recover them")
	groups, err := d.zstack.snapshotGroups(ctx)
	if err != nil {
		return err
	}
	d.checks.that(len(groups) == 0, "no snapshot group is left")
	all, err := d.zstack.machines(ctx)
	if err != nil {
		return err
	}
	d.checks.that(!slices.ContainsFunc(d.zstackBefore, func(vm zstackVM) bool { return !slices.Contains(all, vm) }),
		"what was there before is as it was")
	sessions, err := d.zstack.sessions(ctx)
	if err != nil {
		return err
	}
	d.checks.that(sessions == 0, "no session is left open on the management node")
	requests, _, err := d.zstack.requests(ctx)
	d.say.done("all of this took %d API requests", requests)

	return err
}

func zstackNamesOf(machines []zstackVM) []string {
	var all []string
	for _, vm := range machines {
		all = append(all, vm.Name)
	}

	return all
}
