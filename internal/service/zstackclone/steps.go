package zstackclone

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Carry implements [lifecycle.Carrier]: only the state knows which data volumes are the VM's own.
func (a *adapter) Carry(plan, reached model) model {
	plan = plan.Bare(reached.ObjectID(), "")
	plan.DataVolumeUUIDs = reached.DataVolumeUUIDs

	return plan
}

// Salvage implements [lifecycle.Salvager]. It asks for the tags of both state and plan, so that one which was added before another failed
// is in state.
func (a *adapter) Salvage(ctx context.Context, change lifecycle.Change[model], _ error) (model, bool) {
	state, plan := change.State, change.Plan
	sought := state
	if !plan.SystemTags.IsNull() {
		sought.SystemTags = lifecycle.TextSet(slices.Concat(lifecycle.TextsIn(state.SystemTags), without(lifecycle.TextsIn(plan.SystemTags), lifecycle.TextsIn(state.SystemTags))))
	}
	if sought.UserTags.IsNull() {
		sought.UserTags = plan.UserTags
	}
	found, _, err := a.Read(ctx, sought, state.ObjectID())
	if err != nil {
		return state, false
	}

	return found, false
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	values := []attr.Value{
		m.Description, m.PowerOn, m.CPUCount, m.MemoryBytes, m.IPAddresses, m.DataVolumeUUIDs,
	}
	for _, text := range m.computed().texts {
		values = append(values, *text)
	}

	return !slices.ContainsFunc(values, attr.Value.IsUnknown) && lifecycle.ElementsKnown[networkInterface](m.NetworkInterfaces)
}

// step returns a step after which the object is as planned, as far as the plan tells.
func step(action string, do func(ctx context.Context) error) lifecycle.Step[model] {
	return lifecycle.Step[model]{Action: action, Told: true, Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		return state, nil, do(ctx)
	}}
}

// Steps implements [lifecycle.Adapter].
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	plan, state := change.Plan, change.State
	uuid := state.ObjectID()
	var steps []lifecycle.Step[model]
	if change, action := description(plan, state); action != "" {
		steps = append(steps, step(action, func(ctx context.Context) error { return a.describe(ctx, uuid, change) }))
	}
	steps = append(steps, a.tagSteps(plan, state)...)
	resize, differs := resized(plan, state)
	powers, on := lifecycle.Changed(state.PowerOn, plan.PowerOn), plan.PowerOn.ValueBool()
	if differs && plan.PowerOn.IsUnknown() && !state.PowerOn.ValueBool() && plan.strategy() == zstack.StrategyInstantStart {
		powers, on = true, true // what was pending was made stopped, to be started afterwards
	}
	if powers && !on {
		steps = append(steps, a.powerStep(uuid, false, plan))
	}
	if differs {
		steps = append(steps, step("set the CPUs and memory of", func(ctx context.Context) error {
			_, err := a.update(ctx, uuid, resize)

			return err
		}))
	}
	steps = append(steps, a.interfaceSteps(plan, state)...)
	if powers && on {
		steps = append(steps, a.powerStep(uuid, true, plan))
	}

	return steps
}

// powerStep powers a VM on or off.
func (a *adapter) powerStep(uuid string, on bool, plan model) lifecycle.Step[model] {
	action := "power off"
	if on {
		action = "power on"
	}

	return step(action, func(ctx context.Context) error {
		found, err := a.client.VirtualMachine(ctx, uuid)
		if err == nil {
			_, err = a.power(ctx, found, on, plan.ShutdownTimeout.Or(kind.Timeouts.Shutdown))
		}

		return err
	})
}

// describe changes name and description. A new name is waited for.
func (a *adapter) describe(ctx context.Context, uuid string, change zstack.VMUpdate) error {
	if change.Name == nil {
		_, err := a.update(ctx, uuid, change)

		return err
	}
	name := *change.Name
	release, ok := a.shared.Reserve(name)
	if !ok {
		return errReserved
	}
	defer release()

	return a.shared.Names.Rename(ctx, uuid, &renaming{naming: naming{adapter: a, name: name, uuid: uuid}, change: change})
}

// description returns the one call that changes name and description, with its name in words, empty where neither changes.
func description(plan, state model) (change zstack.VMUpdate, action string) {
	if lifecycle.Changed(state.Description, plan.Description) && plan.Description.ValueString() != state.Description.ValueString() {
		change.Description, action = new(plan.Description.ValueString()), "describe"
	}
	if lifecycle.Changed(state.Name, plan.Name) {
		change.Name, action = new(plan.Name.ValueString()), "rename"
	}

	return change, action
}

// tagSteps change the tags. They remove system tags that the state has and the plan has not, and user tags that the plan has not. They
// leave tags alone that the plan does not manage.
func (a *adapter) tagSteps(plan, state model) []lifecycle.Step[model] {
	uuid := state.ObjectID()
	var steps []lifecycle.Step[model]
	if before, after := lifecycle.TextsIn(state.SystemTags), lifecycle.TextsIn(plan.SystemTags); !slices.Equal(before, after) {
		dropped := without(before, after)
		steps = append(steps, step("set the system tags of", func(ctx context.Context) error {
			return a.setTags(ctx, uuid, tagWork{
				read: a.client.SystemTags, create: a.client.CreateSystemTag, wanted: after,
				drops: func(tag zstack.Tag) bool { return slices.Contains(dropped, tag.Tag) },
			})
		}))
	}
	if lifecycle.Changed(state.UserTags, plan.UserTags) {
		wanted := lifecycle.TextsIn(plan.UserTags)
		steps = append(steps, step("set the user tags of", func(ctx context.Context) error {
			return a.setTags(ctx, uuid, tagWork{
				read: a.client.UserTags, create: a.client.CreateUserTag, wanted: wanted,
				drops: func(tag zstack.Tag) bool { return !slices.Contains(wanted, tag.Tag) },
			})
		}))
	}

	return steps
}

// without returns the texts of all that are not among the others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(text string) bool { return slices.Contains(others, text) })
}

// unlessGone returns nil when err says that the object does not exist.
func unlessGone(err error) error {
	if apierr.Is(err, apierr.NotFound) {
		return nil
	}

	return err
}
