package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// cli runs a command of the CLI and shows it and what matters of its output.
func (d *demo) cli(ctx context.Context, args ...string) (realcli.Result, error) {
	command, err := d.start(ctx, args...)
	if err != nil {
		return realcli.Result{}, err
	}
	result, err := command.Wait()
	if err != nil {
		return result, fmt.Errorf("run %s: %w", args[0], err)
	}

	return result, nil
}

func (d *demo) start(ctx context.Context, args ...string) (*realcli.Command, error) {
	args = slices.Insert(args, 1, "-no-color")
	d.say.line("   $ terraform %s", strings.Join(args, " "))
	command, err := d.terraform.Start(ctx, &transcript{say: d.say}, args...)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}

	return command, nil
}

// succeed is cli for a command that has to exit with 0.
func (d *demo) succeed(ctx context.Context, args ...string) error {
	result, err := d.cli(ctx, args...)
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("%s exited with %d:\n%s", args[0], result.ExitCode, result.Output)
	}

	return err
}

// show decodes the state, or a plan, as `terraform show -json` prints it. Nothing of it is printed.
func (d *demo) show(ctx context.Context, into any, plan ...string) error {
	args := append([]string{"show", "-json", "-no-color"}, plan...)
	result, err := d.terraform.Run(ctx, args...)
	if err != nil {
		return fmt.Errorf("run show: %w", err)
	}
	if result.ExitCode != 0 {
		return fmt.Errorf("show exited with %d:\n%s", result.ExitCode, result.Output)
	}
	if err := json.Unmarshal([]byte(result.Output), into); err != nil {
		return fmt.Errorf("read the output of show: %w\n%s", err, result.Output)
	}

	return nil
}

// cloneTypes are the resources that clone, one on each platform. A configuration has those of one platform.
var cloneTypes = []string{"vmfork_vsphere_clone", "vmfork_zstack_clone"}

// stateOf returns what the state holds of each clone, by name.
func (d *demo) stateOf(ctx context.Context) (map[string]cloneState, error) {
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Type   string     `json:"type"`
					Index  string     `json:"index"`
					Values cloneState `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	if err := d.show(ctx, &state); err != nil {
		return nil, err
	}
	clones := map[string]cloneState{}
	for _, resource := range state.Values.Root.Resources {
		if slices.Contains(cloneTypes, resource.Type) {
			clones[resource.Index] = resource.Values
		}
	}

	return clones, nil
}

// cloneState is what the state holds of one clone, as far as the demo looks.
type cloneState struct {
	ID            string `json:"id"` // empty for null
	PendingTaskID string `json:"pending_task_id"`
}

// planned returns what the saved plan is going to do to each clone, by name: "create", "update", "no-op".
func (d *demo) planned(ctx context.Context) (map[string]string, error) {
	var planned struct {
		Changes []struct {
			Type   string `json:"type"`
			Index  string `json:"index"`
			Change struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := d.show(ctx, &planned, planFile); err != nil {
		return nil, err
	}
	actions := map[string]string{}
	for _, change := range planned.Changes {
		if slices.Contains(cloneTypes, change.Type) {
			actions[change.Index] = strings.Join(change.Change.Actions, "+")
		}
	}

	return actions, nil
}

// plansEmpty checks that there is nothing left to do.
func (d *demo) plansEmpty(ctx context.Context) error {
	result, err := d.cli(ctx, "plan", "-detailed-exitcode")
	if err != nil {
		return err
	}
	d.checks.that(result.ExitCode == 0, "a plan right after it is empty")

	return nil
}
