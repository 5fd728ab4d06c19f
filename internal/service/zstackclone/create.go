package zstackclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Create clones the VM. The identity is set before anything is asked for, since a response without one fails.
func (r *cloneResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaults.Create)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, "")...)

	release, ok := r.session.reserve(plan.Name.ValueString())
	if !ok {
		resp.Diagnostics.Append(tfdiag.Conflict(path.Root("name"), "Two resources make a VM of one name",
			"Another resource of this configuration makes a VM of the same name at this moment. Choose another name for one of them"))

		return
	}
	defer release()

	c := creation{resource: r, plan: &plan, timeout: timeout}
	what, diags := c.begin(ctx, bounded)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	making := lifecycle.Making[zstack.VirtualMachine]{
		Search: r.search(what),
		Start: func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
			return r.client.Clone(ctx, plan.cloneSpec())
		},
	}
	state, diags := c.conclude(ctx, bounded, making.Run(ctx, bounded))
	resp.Diagnostics.Append(diags...)
	if state == nil {
		return
	}
	if state.pending() {
		resp.Diagnostics.Append(what.save(ctx, resp.Private)...)
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID.ValueString())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// creation is one VM that is made.
type creation struct {
	resource *cloneResource
	plan     *model
	timeout  time.Duration
}

// begin makes sure that the name is free, and notes what a lost VM will be known by.
func (c creation) begin(ctx, bounded context.Context) (wanted, diag.Diagnostics) {
	spec := c.plan.cloneSpec()
	what := wanted{Name: spec.Name, SourceID: spec.SourceUUID, Strategy: spec.Strategy, Owner: zstack.NewUUID()}
	var named []zstack.VirtualMachine
	err := lifecycle.AskAgain(bounded, func(ctx context.Context) error {
		var err error
		named, err = c.resource.client.VirtualMachinesNamed(ctx, spec.Name)

		return err
	})
	if err != nil {
		return what, c.refused(ctx, bounded, err)
	}
	for _, vm := range named {
		if !gone(vm.State) {
			return what, diag.Diagnostics{c.plan.creation().AlreadyExists(c.resource.existing(&vm))}
		}
		what.Before = append(what.Before, vm.UUID)
	}
	if !spec.Full {
		return what, nil
	}

	source, err := c.resource.session.sources.Get(bounded, spec.SourceUUID, func(ctx context.Context) (*zstack.VirtualMachine, error) {
		return c.resource.client.VirtualMachine(ctx, spec.SourceUUID)
	})
	if err != nil {
		return what, c.refused(ctx, bounded, err)
	}
	what.Volumes = len(dataVolumes(source))

	return what, nil
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation) conclude(ctx, bounded context.Context, end lifecycle.Fate[zstack.VirtualMachine]) (*model, diag.Diagnostics) {
	switch end.Kind {
	case lifecycle.Created:
		return c.finish(ctx, bounded, &end.Result)
	case lifecycle.Partial:
		state := c.plan.observed(&end.Result)

		return &state, diag.Diagnostics{end.Words(c.plan.creation()).StepFailed(end.Result.UUID, "finish the clone", end.Err)}
	case lifecycle.NotCreated:
		return nil, c.refused(ctx, bounded, end.Err)
	default:
		pending, said := end.Unmade(c.plan.creation(), ctx.Err() != nil, c.timeout)
		if !pending {
			return nil, diag.Diagnostics{said}
		}
		state := c.plan.bare("", end.TaskID)

		return &state, diag.Diagnostics{said}
	}
}

// refused words the error of a clone that ZStack did not make.
func (c creation) refused(ctx, bounded context.Context, err error) diag.Diagnostics {
	words := c.plan.creation()
	switch {
	case ctx.Err() != nil:
		return diag.Diagnostics{words.InterruptedNotCreated(err)}
	case bounded.Err() != nil:
		return diag.Diagnostics{words.TimedOutNotCreated(c.timeout, err)}
	default:
		return diag.Diagnostics{tfdiag.FromError(c.plan.making(), err)}
	}
}

// finish sees to what a clone call can't do: the description, a power state that the strategy does not end in, and what its
// answer leaves out. An interrupted apply sends nothing more: it saves what there is, and says what is left to do.
func (c creation) finish(ctx, bounded context.Context, vm *zstack.VirtualMachine) (*model, diag.Diagnostics) {
	if lifecycle.Changed(c.plan.observed(vm).Description, c.plan.Description) {
		described, err := c.resource.update(bounded, vm.UUID, zstack.VMUpdate{Description: new(c.plan.Description.ValueString())})
		if err != nil {
			return c.unfinished(ctx, vm, "give it its description", err)
		}
		vm = keepParts(described, vm)
	}
	if !c.plan.PowerOn.IsNull() && !c.plan.PowerOn.IsUnknown() {
		powered, err := c.resource.power(bounded, vm, c.plan.PowerOn.ValueBool(), c.plan.ShutdownTimeout.Or(defaults.Shutdown))
		if err != nil {
			return c.unfinished(ctx, vm, powerStep(c.plan.PowerOn.ValueBool()), err)
		}
		vm = keepParts(powered, vm)
	}
	if ctx.Err() == nil && len(vm.NICs) == 0 {
		late, stop := lateRead(bounded)
		defer stop()
		read, err := c.resource.client.VirtualMachine(late, vm.UUID)
		if err != nil {
			return c.unfinished(ctx, vm, "read it", err)
		}
		vm = read
	}
	state := c.plan.observed(vm).keeping(c.plan)

	return &state, nil
}

func powerStep(on bool) string {
	if on {
		return "power it on"
	}

	return "power it off"
}

// unfinished returns the state of a VM that is there when a step after its making failed. An interruption is no failure: the
// VM is not tainted, lest the next apply replace what only has to be renamed or started.
func (c creation) unfinished(ctx context.Context, vm *zstack.VirtualMachine, step string, err error) (*model, diag.Diagnostics) {
	words := c.plan.creation()
	if ctx.Err() != nil {
		state := c.plan.observed(vm).keeping(c.plan)

		return &state, diag.Diagnostics{words.InterruptedStep(vm.UUID, step)}
	}
	state := c.plan.observed(vm)

	return &state, diag.Diagnostics{words.StepFailed(vm.UUID, step, err)}
}

// keepParts is a VM as a step left it, with the parts that the step's answer leaves out.
func keepParts(after, before *zstack.VirtualMachine) *zstack.VirtualMachine {
	whole := *after
	if len(whole.Volumes) == 0 {
		whole.Volumes = before.Volumes
	}
	if len(whole.NICs) == 0 {
		whole.NICs = before.NICs
	}

	return &whole
}
