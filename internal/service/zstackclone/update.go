package zstackclone

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Update brings the VM to where the plan wants it, one step after another. When a step fails, the state tells what the
// platform has by then, so that the next plan shows what is left to do. A pending VM is adopted first.
func (r *cloneResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, defaults.Update)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID.ValueString())...)

	if state.pending() {
		if !r.adopt(bounded, &state, resp) {
			return
		}
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID.ValueString())...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}

	final, diags := r.takeSteps(bounded, &plan, &state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(lifecycle.ForgetImported(ctx, resp.Private)...)
	}
}

// adopt waits for a pending VM and reads it into state. Without a VM the old state stays, with an error: the next refresh
// drops what is proved not to exist.
func (r *cloneResource) adopt(ctx context.Context, state *model, resp *resource.UpdateResponse) bool {
	found := r.resolve(ctx, resp.Private, state, true)
	words := state.unmade(found)
	words.TimeoutAttribute = lifecycle.UpdateTimeout
	switch found.Kind {
	case lifecycle.Resolved:
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.Err))

		return false
	default:
		resp.Diagnostics.Append(words.PendingUnfinished(found.Err))

		return false
	}

	adopted, err := r.lookNow(ctx, *state, found.Result.UUID)
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	*state = adopted
	resp.Diagnostics.Append(forgetWanted(ctx, resp.Private)...)

	return !resp.Diagnostics.HasError()
}

// step is one change of a VM.
type step struct {
	action string // in words, before the VM's name: "rename"
	do     func(ctx context.Context) error
}

// takeSteps takes the steps and returns the state to save.
func (r *cloneResource) takeSteps(ctx context.Context, plan, state *model) (model, diag.Diagnostics) {
	uuid := state.ID.ValueString()
	failed := func(action string, err error) diag.Diagnostics {
		op := plan.operation(action, lifecycle.UpdateTimeout)
		op.Action = action + " " + state.inWords()

		return diag.Diagnostics{tfdiag.FromError(op, err)}
	}
	for _, one := range r.steps(plan, state) {
		if err := one.do(ctx); err != nil {
			return r.readBack(ctx, plan, state, uuid), failed(one.action, err)
		}
	}
	if plan.settled() {
		return *plan, nil
	}
	final, err := r.lookNow(ctx, plan.bare(uuid, "").withVolumes(state), uuid)
	if err != nil {
		return *state, failed("read", err)
	}

	return final.keeping(plan), nil
}

// readBack returns the state after a step failed: what the platform tells, also when the operation's time is over. It asks for
// the tags of both state and plan, so that one which was put on before another failed is in state.
func (r *cloneResource) readBack(ctx context.Context, plan, state *model, uuid string) model {
	asked := *state
	if !plan.SystemTags.IsNull() {
		asked.SystemTags = textSet(slices.Concat(texts(state.SystemTags), without(texts(plan.SystemTags), texts(state.SystemTags))))
	}
	if asked.UserTags.IsNull() {
		asked.UserTags = plan.UserTags
	}
	found, err := r.lookNow(ctx, asked, uuid)
	if err != nil {
		return *state
	}

	return found
}

// withVolumes is m with the data volumes that the state knows to be the VM's own.
func (m model) withVolumes(state *model) model {
	m.DataVolumeUUIDs = state.DataVolumeUUIDs

	return m
}

// settled reports whether a plan leaves nothing for the platform to tell.
func (m *model) settled() bool {
	values := []attr.Value{
		m.Description, m.PowerOn, m.CPUCount, m.MemoryBytes, m.IPAddresses, m.NetworkInterfaces, m.DataVolumeUUIDs,
	}
	for _, text := range m.computed().texts {
		values = append(values, *text)
	}

	return !slices.ContainsFunc(values, attr.Value.IsUnknown)
}

// steps returns what has to be done, in this order.
func (r *cloneResource) steps(plan, state *model) []step {
	uuid := state.ID.ValueString()
	var steps []step
	if change, action := renaming(plan, state); action != "" {
		steps = append(steps, step{action, func(ctx context.Context) error {
			_, err := r.update(ctx, uuid, change)

			return err
		}})
	}
	steps = append(steps, r.tagSteps(plan, state)...)
	if lifecycle.Changed(state.PowerOn, plan.PowerOn) {
		on, action := plan.PowerOn.ValueBool(), "power off"
		if on {
			action = "power on"
		}
		steps = append(steps, step{action, func(ctx context.Context) error {
			vm, err := r.client.VirtualMachine(ctx, uuid)
			if err != nil {
				return err
			}
			_, err = r.power(ctx, vm, on, plan.ShutdownTimeout.Or(defaults.Shutdown))

			return err
		}})
	}

	return steps
}

// renaming returns the one call that changes name and description, with its name in words, empty where neither changes.
func renaming(plan, state *model) (change zstack.VMUpdate, action string) {
	if lifecycle.Changed(state.Description, plan.Description) && plan.Description.ValueString() != state.Description.ValueString() {
		change.Description, action = new(plan.Description.ValueString()), "describe"
	}
	if lifecycle.Changed(state.Name, plan.Name) {
		change.Name, action = new(plan.Name.ValueString()), "rename"
	}

	return change, action
}

// tagSteps change the tags. System tags are dropped that the state has and the plan has not; of user tags all are that the plan
// has not. Tags that the plan does not manage are let go.
func (r *cloneResource) tagSteps(plan, state *model) []step {
	uuid := state.ID.ValueString()
	var steps []step
	if before, after := texts(state.SystemTags), texts(plan.SystemTags); !slices.Equal(before, after) {
		dropped := without(before, after)
		steps = append(steps, step{"set the system tags of", func(ctx context.Context) error {
			return r.setTags(ctx, uuid, tagWork{
				read: r.client.SystemTags, create: r.client.CreateSystemTag, wanted: after,
				drops: func(tag zstack.Tag) bool { return slices.Contains(dropped, tag.Tag) },
			})
		}})
	}
	if lifecycle.Changed(state.UserTags, plan.UserTags) {
		wanted := texts(plan.UserTags)
		steps = append(steps, step{"set the user tags of", func(ctx context.Context) error {
			return r.setTags(ctx, uuid, tagWork{
				read: r.client.UserTags, create: r.client.CreateUserTag, wanted: wanted,
				drops: func(tag zstack.Tag) bool { return !slices.Contains(wanted, tag.Tag) },
			})
		}})
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
