package vsphereclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checkHardware returns an error for each argument that contradicts another one, as far as the configuration h alone tells.
func (h hardware) checkHardware() diag.Diagnostics {
	diags := h.CheckSettings()
	cpu, memory := cpuOf(h.CPU), memoryOf(h.Memory)
	if known(cpu.Count, cpu.CoresPerSocket) {
		diags.Append(wholeSockets(cpu, cpu.Count.ValueInt64(), cpu.CoresPerSocket.ValueInt64())...)
	}
	diags.Append(cpu.checkAllocation(path.Root("cpu"), "mhz")...)
	diags.Append(memory.checkAllocation(path.Root("memory"), "mib")...)
	if known(memory.SizeMiB, memory.Reservation) && memory.Reservation.ValueInt64() > memory.SizeMiB.ValueInt64() {
		diags.Append(tfdiag.Conflict(path.Root("memory").AtName("reservation_mib"), "More memory is reserved than there is",
			fmt.Sprintf("The machine has %d MiB. Set reservation_mib to that or less, or give it more memory", memory.SizeMiB.ValueInt64())))
	}

	return diags
}

// checkAllocation refuses a limit below what is guaranteed.
func (a allocation) checkAllocation(at path.Path, suffix string) diag.Diagnostics {
	if !known(a.Reservation, a.Limit) || a.Limit.ValueInt64() == vsphere.NoLimit || a.Limit.ValueInt64() >= a.Reservation.ValueInt64() {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(at.AtName("limit_"+suffix), "The limit is below the reservation",
		fmt.Sprintf("The machine is guaranteed %d. Set limit_%s to that or more, or to -1 for no limit", a.Reservation.ValueInt64(), suffix))}
}

// wholeSockets returns an error for processors that are no whole number of sockets. It is about the argument that the configuration sets.
func wholeSockets(set cpu, count, coresPerSocket int64) diag.Diagnostics {
	if count == 0 || coresPerSocket == 0 || count%coresPerSocket == 0 {
		return nil
	}
	at := path.Root("cpu").AtName("count")
	if set.Count.IsNull() {
		at = path.Root("cpu").AtName("cores_per_socket")
	}

	return diag.Diagnostics{tfdiag.Conflict(at, "The processors are no whole number of sockets",
		fmt.Sprintf("%d processors can't be divided into sockets of %d cores. Set cpu.count to a multiple of cpu.cores_per_socket, or set "+
			"cpu.cores_per_socket to a divisor of cpu.count", count, coresPerSocket))}
}

// fits returns an error for each argument of a planned machine that contradicts what else the machine has, or has from its source.
func (h hardware) fits(present *vsphere.VirtualMachine) diag.Diagnostics {
	cpu, memory := cpuOf(h.CPU), memoryOf(h.Memory)
	var diags diag.Diagnostics
	if known(cpu.Count) || known(cpu.CoresPerSocket) {
		diags = wholeSockets(cpu, or(cpu.Count, present.CPU.Count), or(cpu.CoresPerSocket, present.CPU.CoresPerSocket))
	}
	if memory.SizeMiB.IsNull() && known(memory.Reservation) && memory.Reservation.ValueInt64() > present.Memory.SizeMiB {
		diags.Append(tfdiag.Conflict(path.Root("memory").AtName("reservation_mib"), "More memory is reserved than there is",
			fmt.Sprintf("%s has %d MiB. Set reservation_mib to that or less, or set memory.size_mib", present.ID, present.Memory.SizeMiB)))
	}

	return diags
}

// known reports whether all values are set and known.
func known(values ...types.Int64) bool {
	for _, value := range values {
		if value.IsNull() || value.IsUnknown() {
			return false
		}
	}

	return true
}

// or returns the value where it is set and known, and otherwise.
func or(value types.Int64, otherwise int64) int64 {
	if known(value) {
		return value.ValueInt64()
	}

	return otherwise
}

// hardware checks that the machine can be given the hardware that changes. It is read only where any does.
func (c *checks) hardware(ctx context.Context) diag.Diagnostics {
	if c.plan.CPU.Equal(c.prior.CPU) && c.plan.Memory.Equal(c.prior.Memory) {
		return nil
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil // the next refresh says so
	case err != nil:
		return c.Skipped("that the machine's hardware can be changed", err)
	}
	diags := c.plan.fits(found)
	goesOff := found.PowerState == vsphere.PoweredOn && c.plan.PowerOn.Equal(types.BoolValue(false))
	if diags.HasError() || goesOff || found.PowerState == vsphere.PoweredOff {
		return diags
	}
	diags.Append(c.plan.hotCPU(found)...)
	diags.Append(c.plan.hotMemory(found)...)

	return diags
}

// hotCPU returns an error for each change of the processors that needs the machine off. It runs, and is judged by the hot add that it was
// powered on with.
func (h hardware) hotCPU(found *vsphere.VirtualMachine) diag.Diagnostics {
	planned, present, at := cpuOf(h.CPU), found.CPU, path.Root("cpu")
	var diags diag.Diagnostics
	switch count := or(planned.Count, present.Count); {
	case count < present.Count:
		diags.Append(needsOff(at.AtName("count"), found, "Processors can't be taken from a machine that runs",
			fmt.Sprintf("leave it at %d or more", present.Count)))
	case count > present.Count && !present.HotAdd:
		diags.Append(needsOff(at.AtName("count"), found, "Processors can't be added while the machine runs: its CPU hot add is off",
			fmt.Sprintf("leave it at %d", present.Count)))
	}
	if cores := or(planned.CoresPerSocket, present.CoresPerSocket); cores != present.CoresPerSocket {
		diags.Append(needsOff(at.AtName("cores_per_socket"), found, "The cores per socket can't change while the machine runs",
			fmt.Sprintf("leave it at %d", present.CoresPerSocket)))
	}

	return append(diags, hotAdd(at, found, planned.HotAdd, present.HotAdd)...)
}

// hotMemory is hotCPU for the memory.
func (h hardware) hotMemory(found *vsphere.VirtualMachine) diag.Diagnostics {
	planned, present, at := memoryOf(h.Memory), found.Memory, path.Root("memory")
	var diags diag.Diagnostics
	size, sizeAt := or(planned.SizeMiB, present.SizeMiB), at.AtName("size_mib")
	step, most := present.HotAddIncrementMiB, present.HotAddLimitMiB
	switch {
	case size == present.SizeMiB:
	case size < present.SizeMiB:
		diags.Append(needsOff(sizeAt, found, "Memory can't be taken from a machine that runs",
			fmt.Sprintf("leave it at %d or more", present.SizeMiB)))
	case !present.HotAdd:
		diags.Append(needsOff(sizeAt, found, "Memory can't be added while the machine runs: its memory hot add is off",
			fmt.Sprintf("leave it at %d", present.SizeMiB)))
	case most > 0 && size > most:
		diags.Append(needsOff(sizeAt, found, "So much memory can't be added while the machine runs",
			fmt.Sprintf("set %d or less", most)))
	case step > 0 && (size-present.SizeMiB)%step != 0:
		diags.Append(needsOff(sizeAt, found, "Memory is added to a machine that runs in whole steps",
			fmt.Sprintf("add a multiple of %d MiB to its %d", step, present.SizeMiB)))
	}

	return append(diags, hotAdd(at, found, planned.HotAdd, present.HotAdd)...)
}

// hotAdd returns an error for hot add that is switched on or off.
func hotAdd(at path.Path, found *vsphere.VirtualMachine, planned types.Bool, present bool) diag.Diagnostics {
	if planned.IsNull() || planned.IsUnknown() || planned.ValueBool() == present {
		return nil
	}

	return diag.Diagnostics{needsOff(at.AtName("hot_add"), found, "Hot add can't be switched while the machine runs",
		fmt.Sprintf("leave it at %t", present))}
}

// needsOff is the error of a change that the machine can't take as long as it runs, or is suspended; otherwise is what else can be set.
func needsOff(at path.Path, found *vsphere.VirtualMachine, problem, otherwise string) diag.Diagnostic {
	if found.PowerState == vsphere.Suspended {
		return tfdiag.Conflict(at, problem, fmt.Sprintf("%s is suspended. Power it off, or set power_on = true and make the change in a later plan, "+
			"or %s", found.ID, otherwise))
	}

	return tfdiag.Conflict(at, problem, fmt.Sprintf("%s is %s. Set power_on = false in the same plan, which makes the change while the machine "+
		"is off (and power_on = true again in the next), or %s", found.ID, found.PowerState, otherwise))
}
