package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// unlimited is the limit of a VM without one.
const unlimited = -1

// Shares of a level are so many for each virtual CPU, or for each MiB of memory.
var (
	cpuShares = map[types.SharesLevel]int32{
		types.SharesLevelLow: 500, types.SharesLevelNormal: 1000, types.SharesLevelHigh: 2000,
	}
	memoryShares = map[types.SharesLevel]int32{
		types.SharesLevelLow: 5, types.SharesLevelNormal: 10, types.SharesLevelHigh: 20,
	}
)

// checkAllocations refuses reservations, limits and shares that are not valid.
func checkAllocations(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	if p := checkAllocation("configSpec.cpuAllocation", vm.Config.CpuAllocation, spec.CpuAllocation); p != nil {
		return p
	}

	return checkAllocation("configSpec.memoryAllocation", vm.Config.MemoryAllocation, spec.MemoryAllocation)
}

func checkAllocation(property string, has, wanted *types.ResourceAllocationInfo) *problem {
	if wanted == nil {
		return nil
	}
	all := completed(has, wanted)
	if *all.Reservation < 0 {
		return badArgument(property+".reservation", "%d cannot be reserved.", *all.Reservation)
	}
	if limit := *all.Limit; limit < unlimited || limit != unlimited && *all.Reservation > limit {
		return badArgument(property+".limit", "The limit is %d, the reservation %d.", limit, *all.Reservation)
	}
	shares := all.Shares
	if !slices.Contains(shares.Level.Values(), shares.Level) || shares.Level == types.SharesLevelCustom && shares.Shares <= 0 {
		return badArgument(property+".shares", "There are no shares of level %q and number %d.", shares.Level, shares.Shares)
	}

	return nil
}

// completed returns the allocation has with the fields that wanted sets, and vCenter's defaults where neither sets one.
func completed(has, wanted *types.ResourceAllocationInfo) *types.ResourceAllocationInfo {
	all := types.ResourceAllocationInfo{
		Reservation: new(int64), Limit: new(int64(unlimited)), Shares: &types.SharesInfo{Level: types.SharesLevelNormal},
	}
	for _, from := range []*types.ResourceAllocationInfo{has, wanted} {
		if from == nil {
			continue
		}
		setIfGiven(all.Reservation, from.Reservation)
		setIfGiven(all.Limit, from.Limit)
		setIfGiven(all.Shares, from.Shares)
	}

	return &all
}

// allocate completes the allocations of a change, and sets the number of shares that a level other than custom stands for.
func allocate(config *types.VirtualMachineConfigInfo, spec *types.VirtualMachineConfigSpec) {
	cpus, megabytes := config.Hardware.NumCPU, int64(config.Hardware.MemoryMB)
	setUnlessZero(&cpus, spec.NumCPUs)
	setUnlessZero(&megabytes, spec.MemoryMB)
	if spec.CpuAllocation != nil || spec.NumCPUs != 0 {
		spec.CpuAllocation = completed(config.CpuAllocation, spec.CpuAllocation)
		setUnlessZero(&spec.CpuAllocation.Shares.Shares, cpuShares[spec.CpuAllocation.Shares.Level]*cpus)
	}
	if spec.MemoryAllocation != nil || spec.MemoryMB != 0 {
		spec.MemoryAllocation = completed(config.MemoryAllocation, spec.MemoryAllocation)
		setUnlessZero(&spec.MemoryAllocation.Shares.Shares, memoryShares[spec.MemoryAllocation.Shares.Level]*int32(megabytes))
	}
}
