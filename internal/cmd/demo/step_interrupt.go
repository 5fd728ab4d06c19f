package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

const (
	fourth = "web-4"
	fifth  = "web-5"
)

// interrupt presses Ctrl-C while a clone is being made. The vCenter cancels it.
func (d *demo) interrupt(ctx context.Context) error {
	result, err := d.interrupted(ctx, fourth)
	if err != nil {
		return err
	}
	d.checks.that(result.ExitCode != 0, "the CLI says that it was interrupted (exit code %d)", result.ExitCode)
	tasks, err := d.vcenter.clonings(ctx)
	if err != nil {
		return err
	}
	d.checks.that(len(tasks) == 4 && tasks[3].Cancelled, "the provider cancelled the clone in the vCenter")
	if err := d.vcenter.releaseTasks(ctx); err != nil {
		return err
	}
	orphans, err := d.named(ctx, fourth)
	if err != nil {
		return err
	}
	d.checks.that(len(orphans) == 0, "no orphan: the inventory has no %s", fourth)
	state, err := d.stateOf(ctx)
	_, kept := state[fourth]
	d.checks.that(!kept && len(state) == len(names), "the state has the three clones and no %s", fourth)

	return err
}

// interruptUnanswered presses Ctrl-C while the vCenter does not react to the request to cancel: the clone's outcome is then unknown.
func (d *demo) interruptUnanswered(ctx context.Context) error {
	if err := d.vcenter.ignoreCancel(ctx, true); err != nil {
		return err
	}
	if _, err := d.interrupted(ctx, fifth); err != nil {
		return err
	}
	state, err := d.stateOf(ctx)
	if err != nil {
		return err
	}
	d.checks.that(state[fifth].ID == "" && state[fifth].PendingTaskID != "",
		"the state remembers that %s is pending, and its task", fifth)
	if err := d.vcenter.releaseTasks(ctx); err != nil {
		return err
	}
	err = until(ctx, "the clone that was not cancelled is in the inventory", func() (bool, error) {
		late, err := d.named(ctx, fifth)

		return len(late) == 1 && late[0].PowerState == "poweredOn", err
	})
	d.checks.that(err == nil, "with Terraform gone, the vCenter finishes %s", fifth)
	if err != nil {
		return err
	}

	return d.vcenter.ignoreCancel(ctx, false)
}

// interrupted asks for one more clone, presses Ctrl-C when it is half made, and returns how the CLI ended.
func (d *demo) interrupted(ctx context.Context, name string) (realcli.Result, error) {
	earlier, err := d.vcenter.clonings(ctx)
	if err != nil {
		return realcli.Result{}, err
	}
	if err := d.wantNames(append(slices.Clone(names), name)...); err != nil {
		return realcli.Result{}, err
	}
	if err := d.vcenter.holdClones(ctx); err != nil {
		return realcli.Result{}, err
	}
	command, err := d.start(ctx, "apply", "-auto-approve")
	if err != nil {
		return realcli.Result{}, err
	}
	requests := 0
	err = until(ctx, "the clone of "+name+" is being made", func() (bool, error) {
		select {
		case <-command.Done():
			return false, fmt.Errorf("apply ended too early:\n%s", command.Output())
		default:
		}
		return d.waitedFor(ctx, len(earlier), &requests)
	})
	if err != nil {
		_ = command.SignalGroup(syscall.SIGKILL) // it may have ended by itself
		_, _ = command.Wait()

		return realcli.Result{}, err
	}
	d.checks.that(true, "%s is in the middle of being cloned", name)
	d.say.done("^C")
	// A terminal sends the signal to the CLI and to the provider alike.
	if err := command.SignalGroup(syscall.SIGINT); err != nil {
		return realcli.Result{}, fmt.Errorf("press Ctrl-C: %w", err)
	}
	result, err := command.Wait()
	if err != nil {
		return result, fmt.Errorf("run apply: %w", err)
	}

	return result, nil
}

// waitedFor reports whether the clone task of an index is held, and the provider has begun to wait for it: it has sent a request
// since the task was first seen held. requests is the number of requests at that time, 0 before.
func (d *demo) waitedFor(ctx context.Context, index int, requests *int) (bool, error) {
	tasks, err := d.vcenter.clonings(ctx)
	if err != nil || len(tasks) != index+1 || !tasks[index].Held {
		return false, err
	}
	total, _, err := d.vcenter.requests(ctx)
	if *requests == 0 {
		*requests = total
	}

	return total > *requests, err
}

// adopt applies once more after the interruption.
func (d *demo) adopt(ctx context.Context) error {
	before, err := d.named(ctx, fifth)
	if err != nil {
		return err
	}
	if err := d.succeed(ctx, "apply", "-auto-approve"); err != nil {
		return err
	}
	now, err := d.named(ctx, fifth)
	if err != nil {
		return err
	}
	state, err := d.stateOf(ctx)
	if err != nil {
		return err
	}
	d.checks.that(slices.Equal(now, before) && len(now) == 1, "there is still one %s, the same machine", fifth)
	d.checks.that(len(now) == 1 && state[fifth].ID == now[0].ID && state[fifth].PendingTaskID == "",
		"the state knows it now by its id")

	return d.plansEmpty(ctx)
}

// destroy takes everything down.
func (d *demo) destroy(ctx context.Context) error {
	if err := d.succeed(ctx, "destroy", "-auto-approve"); err != nil {
		return err
	}
	now, err := d.vcenter.machines(ctx)
	if err != nil {
		return err
	}
	d.checks.that(slices.Equal(now, d.before), "the inventory is exactly as it was before the first apply")
	sessions, err := d.vcenter.sessions(ctx)
	if err != nil {
		return err
	}
	d.checks.that(sessions == 0, "no session is left open in the vCenter")
	requests, _, err := d.vcenter.requests(ctx)
	d.say.done("all of this took %d API requests", requests)

	return err
}
