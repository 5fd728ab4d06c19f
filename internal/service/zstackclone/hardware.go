package zstackclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// maxCPUs is how many virtual CPUs ZStack gives a VM at most.
const maxCPUs = 1024

const resizing = " Unset: it is as the source has it, and left to others; the attribute shows what it is. A machine that is to run from the start is " +
	"made stopped then, changed and started. Changed in place: while the machine is off, or as it grows also while it runs, where its configuration " +
	"`vm.numa` allows that; otherwise the plan is an error."

func cpuAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: "Number of virtual CPUs, 1 to 1024." + resizing, Optional: true, Computed: true,
		Validators: []validator.Int64{int64validator.Between(1, maxCPUs)},
	}
}

func memoryAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: "Memory in bytes, such as `4294967296` for 4 GiB." + resizing, Optional: true, Computed: true,
		Validators: []validator.Int64{int64validator.AtLeast(1)},
	}
}

// orPrior returns the planned value of an argument that the configuration sets, and prior for one that it leaves out.
func orPrior(config, planned, prior types.Int64) types.Int64 {
	if config.IsNull() {
		return prior
	}

	return planned
}

// resized returns the call that gives a VM the planned CPUs and memory, and whether they differ from the state's.
func resized(plan, state model) (change zstack.VMUpdate, differs bool) {
	if lifecycle.Changed(state.CPUCount, plan.CPUCount) {
		change.CPUCount = plan.CPUCount.ValueInt64Pointer()
	}
	if lifecycle.Changed(state.MemoryBytes, plan.MemoryBytes) {
		change.MemoryBytes = plan.MemoryBytes.ValueInt64Pointer()
	}

	return change, change.CPUCount != nil || change.MemoryBytes != nil
}

// stage completes the plan of a new VM by what depends on its source: the network interfaces that the clone call asks for, and whether the
// call makes the VM stopped. It does where the VM is to run with other CPUs or memory than its source's: a clone call takes neither, and
// ZStack changes them while a VM is stopped.
func (a *adapter) stage(ctx context.Context, plan model) (model, error) {
	wanted := interfacesIn(plan.NetworkInterfaces)
	_, sized := resized(plan, model{})
	starts := plan.strategy() == zstack.StrategyInstantStart
	if len(wanted) == 0 && (!sized || !starts) {
		return plan, nil
	}
	source, err := a.sourceVM(ctx, plan.SourceVMUUID.ValueString())
	if err != nil {
		return plan, err
	}
	if len(wanted) > 0 {
		plan.nics = cloneNICs(wanted, source)
	}
	if _, differs := resized(plan, model{}.observed(source)); differs && starts {
		plan.staged, plan.PowerOn = true, types.BoolValue(true)
	}

	return plan, nil
}

// hardware checks that ZStack can change CPUs and memory in the state that the VM is in.
func (c *checks) hardware(ctx context.Context) diag.Diagnostics {
	change, differs := resized(c.plan, *c.prior)
	if !differs || c.plan.PowerOn.Equal(types.BoolValue(false)) && c.prior.PowerOn.ValueBool() { // it is powered off first
		return nil
	}
	at, what := path.Root("cpu_count"), "CPUs"
	if change.CPUCount == nil {
		at, what = path.Root("memory_bytes"), "memory"
	}
	const off = "Set power_on = false, apply, and set it back afterwards"
	refused := func(why string) diag.Diagnostics {
		return diag.Diagnostics{tfdiag.Conflict(at, "The "+what+" can't be changed as the machine is", why)}
	}
	switch state := zstack.VMState(c.prior.State.ValueString()); {
	case state == zstack.VMStopped, state.Passing():
		return nil
	case state != zstack.VMRunning:
		return refused(fmt.Sprintf("%s is %s, and ZStack changes CPUs and memory of a machine that is Stopped or Running", c.plan.Creation().Object, state))
	case lessThan(change.CPUCount, c.prior.CPUCount), lessThan(change.MemoryBytes, c.prior.MemoryBytes):
		return refused(fmt.Sprintf("%s runs, and ZStack takes CPUs and memory away from a machine that is off alone. %s", c.plan.Creation().Object, off))
	}
	allowed, err := c.client.HotPlug(ctx, c.prior.ObjectID())
	switch {
	case err != nil:
		return c.skipped("that CPUs and memory can grow while the machine runs", err)
	case !allowed:
		return refused(fmt.Sprintf("%s runs, and its configuration vm.numa does not allow CPUs and memory to grow meanwhile. %s", c.plan.Creation().Object, off))
	default:
		return nil
	}
}

// lessThan reports whether a value is to become less than it is.
func lessThan(wanted *int64, now types.Int64) bool {
	return wanted != nil && *wanted < now.ValueInt64()
}
