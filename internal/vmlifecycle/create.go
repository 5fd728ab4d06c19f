package vmlifecycle

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Create makes the VM. The identity is set before anything is asked for, since a response without one fails.
func (l *Life[M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var change Change[M]
	resp.Diagnostics.Append(req.Config.Get(ctx, &change.Config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &change.Plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := change.Plan.Common().Timeouts.Create(ctx, l.Timeouts.Create)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	l.Session.Apply()

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := l.VCenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, "")...)

	began, err := l.Client.ServerTime(bounded)
	if err != nil {
		resp.Diagnostics.Append(l.Refused(ctx, change.Plan, err)...)

		return
	}

	search := l.Search(bounded, change.Plan)
	search.Since = began
	making := &lifecycle.Making[string]{
		Search: l.search(search), Slot: l.Client.AcquireTaskSlot,
		Start: func(ctx context.Context) (task.Handle[string], error) { return l.Start(ctx, change) },
	}
	if !l.LeavesVM(change.Plan) {
		making.Leaves = nil
	}
	c := creation[M]{life: l, plan: change.Plan, timeout: timeout}
	state, diags := c.conclude(ctx, bounded, making.Run(ctx, bounded))
	resp.Diagnostics.Append(diags...)
	if state == nil {
		return
	}
	reached := (*state).Common()
	if reached.Pending() {
		resp.Diagnostics.Append(savePending(ctx, resp.Private, search)...)
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, reached.ID.ValueString())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// creation turns the fate of a making into state and diagnostics.
type creation[M Model[M]] struct {
	life    *Life[M]
	plan    M
	timeout time.Duration
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation[M]) conclude(ctx, bounded context.Context, end lifecycle.Fate[string]) (*M, diag.Diagnostics) {
	switch end.Kind {
	case lifecycle.Created:
		return c.finish(ctx, bounded, end.Result)
	case lifecycle.Partial:
		state, _ := c.read(ctx, bounded, end.Result, nil)

		return &state, diag.Diagnostics{end.Words(c.plan.Creation()).StepFailed(end.Result, "finish the clone", end.Err)}
	case lifecycle.NotCreated:
		return nil, c.life.Refused(ctx, c.plan, end.Err)
	default:
		pending, said := end.Unmade(c.plan.Creation(), ctx.Err() != nil, c.timeout)
		if !pending {
			return nil, diag.Diagnostics{said}
		}
		state := c.plan.Bare("", end.TaskID)

		return &state, diag.Diagnostics{said}
	}
}

// finish reads the new VM and sees to what comes after it was made: power and addresses. An interrupted apply only saves
// what there is, and says what is left to do.
func (c creation[M]) finish(ctx, bounded context.Context, vmID string) (*M, diag.Diagnostics) {
	var diags diag.Diagnostics
	state, vm := c.read(ctx, bounded, vmID, &diags)
	if diags.HasError() {
		return &state, diags
	}
	plan := c.plan.Common()
	if ctx.Err() != nil {
		state = state.Keeping(c.plan)
		if step := left(plan, vm); step != "" {
			diags.Append(c.plan.Creation().InterruptedStep(vmID, step))
		}

		return &state, diags
	}

	switch on := vm.PowerState == vsphere.PoweredOn; {
	case plan.PowerOn.ValueBool() && !on:
		if err := c.life.powerOn(bounded, vmID); err != nil {
			return c.unfinished(ctx, state, lifecycle.CreateTimeout, powerItOn, err)
		}
		vm.PowerState = vsphere.PoweredOn
	case plan.PowerOn.Equal(types.BoolValue(false)) && on:
		if err := c.life.powerOff(bounded, vm, plan.ShutdownTimeout.Or(c.life.Timeouts.Shutdown)); err != nil {
			return c.unfinished(ctx, state, lifecycle.CreateTimeout, powerItOff, err)
		}
		vm.PowerState = vsphere.PoweredOff
	}
	state = state.Observed(vm)
	if err := c.life.awaitGuestIP(bounded, plan, vm); err != nil {
		return c.unfinished(ctx, state, waitForGuestIP, getAnAddress, err)
	}
	state = state.Observed(vm).Keeping(c.plan)

	return &state, diags
}

// The steps after the making, in words.
const (
	readIt       = "read it"
	powerItOn    = "power it on"
	powerItOff   = "power it off"
	getAnAddress = "get an IP address from its guest"
)

// left returns the first step that a new VM still needs, empty where it needs none. vm is nil where it could not be read.
func left(plan Attributes, vm *vsphere.VirtualMachine) string {
	switch {
	case vm == nil:
		return readIt
	case plan.PowerOn.ValueBool() && vm.PowerState != vsphere.PoweredOn:
		return powerItOn
	case plan.PowerOn.Equal(types.BoolValue(false)) && vm.PowerState == vsphere.PoweredOn:
		return powerItOff
	case plan.WaitForGuestIP.Or(0) > 0 && len(vm.GuestIPAddresses) == 0:
		return getAnAddress
	default:
		return ""
	}
}

// unfinished returns the state of a VM that is there when a step after its making failed. An interruption is no failure: the
// VM is not tainted, lest the next apply replace what only has to be powered on or waited for.
func (c creation[M]) unfinished(ctx context.Context, state M, limit path.Path, step string, err error) (*M, diag.Diagnostics) {
	words, id := c.plan.Creation(), state.Common().ID.ValueString()
	if ctx.Err() != nil {
		state = state.Keeping(c.plan)

		return &state, diag.Diagnostics{words.InterruptedStep(id, step)}
	}
	words.TimeoutAttribute = limit

	return &state, diag.Diagnostics{words.StepFailed(id, step, err)}
}

// read returns the state of a new VM, and the VM. A VM that can't be read is in state by its id alone, and the next refresh
// fills in the rest: that is an error, since others would use what is missing, but after an interruption nobody does.
func (c creation[M]) read(ctx, bounded context.Context, vmID string, diags *diag.Diagnostics) (M, *vsphere.VirtualMachine) {
	state, vm, err := c.life.lookNow(bounded, c.plan, vmID)
	if err == nil {
		return state, vm
	}
	if diags != nil && ctx.Err() == nil {
		diags.Append(c.plan.Creation().StepFailed(vmID, readIt, err))
	}

	return c.plan.Bare(vmID, ""), nil
}
