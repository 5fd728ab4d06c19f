package vsphere

import (
	"strconv"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// CPU is what a VM has of processors.
type CPU struct {
	Count          int64 // config.hardware.numCPU
	CoresPerSocket int64 // config.hardware.numCoresPerSocket
	HotAdd         bool  // config.cpuHotAddEnabled
	Allocation     Allocation
}

// Memory is what a VM has of memory.
type Memory struct {
	SizeMiB    int64 // config.hardware.memoryMB
	HotAdd     bool  // config.memoryHotAddEnabled
	Allocation Allocation

	// HotAddLimitMiB is the most that a running VM can be given (config.hotPlugMemoryLimit), and HotAddIncrementMiB what each addition is
	// a multiple of (config.hotPlugMemoryIncrementSize); 0 where vCenter tells none.
	HotAddLimitMiB, HotAddIncrementMiB int64
}

// Allocation is what a VM is given of a resource where there is not enough of it (ResourceAllocationInfo): MHz of processors, MiB of
// memory.
type Allocation struct {
	Reservation int64
	Limit       int64  // NoLimit: none
	Shares      string // "low", "normal", "high" (SharesLevel), or a number
}

// NoLimit is the limit of an [Allocation] that has none.
const NoLimit = -1

// AllocationEdit is a change to an [Allocation]. Nil parts and an empty Shares stay.
type AllocationEdit struct {
	Reservation *int64
	Limit       *int64
	Shares      string // "low", "normal", "high", or a number
}

// CPUEdit is a change to a [CPU]. Nil parts stay.
type CPUEdit struct {
	Count          *int64
	CoresPerSocket *int64
	HotAdd         *bool
	Allocation     AllocationEdit
}

// MemoryEdit is a change to a [Memory]. Nil parts stay.
type MemoryEdit struct {
	SizeMiB    *int64
	HotAdd     *bool
	Allocation AllocationEdit
}

// hardwarePaths are the properties that [CPU] and [Memory] are made of.
var hardwarePaths = []string{
	"config.hardware.numCPU", "config.hardware.numCoresPerSocket", "config.hardware.memoryMB",
	"config.cpuHotAddEnabled", "config.memoryHotAddEnabled", "config.hotPlugMemoryLimit", "config.hotPlugMemoryIncrementSize",
	"config.cpuAllocation", "config.memoryAllocation", "config.guestId", "config.version",
}

func (e *CPUEdit) put(config *types.VirtualMachineConfigSpec) {
	if e == nil {
		return
	}
	if e.Count != nil {
		config.NumCPUs = int32(*e.Count)
	}
	if e.CoresPerSocket != nil {
		cores := int32(*e.CoresPerSocket)
		config.NumCoresPerSocket = &cores
	}
	config.CpuHotAddEnabled = e.HotAdd
	config.CpuAllocation = e.Allocation.info()
}

func (e *MemoryEdit) put(config *types.VirtualMachineConfigSpec) {
	if e == nil {
		return
	}
	if e.SizeMiB != nil {
		config.MemoryMB = *e.SizeMiB
	}
	config.MemoryHotAddEnabled = e.HotAdd
	config.MemoryAllocation = e.Allocation.info()
}

// info returns the change as vim25 takes it, nil where there is none.
func (e AllocationEdit) info() *types.ResourceAllocationInfo {
	if e == (AllocationEdit{}) {
		return nil
	}

	return &types.ResourceAllocationInfo{Reservation: e.Reservation, Limit: e.Limit, Shares: sharesInfo(e.Shares)}
}

func sharesInfo(shares string) *types.SharesInfo {
	if shares == "" {
		return nil
	}
	if number, err := strconv.ParseInt(shares, 10, 32); err == nil {
		return &types.SharesInfo{Level: types.SharesLevelCustom, Shares: int32(number)}
	}

	return &types.SharesInfo{Level: types.SharesLevel(shares)}
}

// newAllocation reads an allocation. One without a limit, which a property that was not read is too, has NoLimit.
func newAllocation(info types.ResourceAllocationInfo) Allocation {
	allocation := Allocation{Limit: NoLimit}
	if info.Reservation != nil {
		allocation.Reservation = *info.Reservation
	}
	if info.Limit != nil {
		allocation.Limit = *info.Limit
	}
	switch shares := info.Shares; {
	case shares == nil:
	case shares.Level == types.SharesLevelCustom:
		allocation.Shares = strconv.Itoa(int(shares.Shares))
	default:
		allocation.Shares = string(shares.Level)
	}

	return allocation
}

// addHardware sets the processors and the memory.
func (vm *VirtualMachine) addHardware(p conn.Properties) {
	vm.CPU = CPU{
		Count:          int64(conn.Get[int32](p, "config.hardware.numCPU")),
		CoresPerSocket: int64(conn.Get[int32](p, "config.hardware.numCoresPerSocket")),
		HotAdd:         conn.Get[bool](p, "config.cpuHotAddEnabled"),
		Allocation:     newAllocation(conn.Get[types.ResourceAllocationInfo](p, "config.cpuAllocation")),
	}
	vm.GuestID, vm.HardwareVersion = conn.Get[string](p, "config.guestId"), conn.Get[string](p, "config.version")
	vm.Memory = Memory{
		SizeMiB:            int64(conn.Get[int32](p, "config.hardware.memoryMB")),
		HotAdd:             conn.Get[bool](p, "config.memoryHotAddEnabled"),
		Allocation:         newAllocation(conn.Get[types.ResourceAllocationInfo](p, "config.memoryAllocation")),
		HotAddLimitMiB:     conn.Get[int64](p, "config.hotPlugMemoryLimit"),
		HotAddIncrementMiB: conn.Get[int64](p, "config.hotPlugMemoryIncrementSize"),
	}
}

// Without returns the specification without those parts of hardware, disks and annotation that the VM has already. vSphere refuses some
// of them while the VM runs, whether they change anything or not, such as a disk's mode.
func (s ReconfigureSpec) Without(found *VirtualMachine) ReconfigureSpec {
	if s.CPU != nil {
		edit := *s.CPU
		drop(&edit.Count, found.CPU.Count)
		drop(&edit.CoresPerSocket, found.CPU.CoresPerSocket)
		drop(&edit.HotAdd, found.CPU.HotAdd)
		edit.Allocation = edit.Allocation.without(found.CPU.Allocation)
		if s.CPU = &edit; edit == (CPUEdit{}) {
			s.CPU = nil
		}
	}
	if s.Memory != nil {
		edit := *s.Memory
		drop(&edit.SizeMiB, found.Memory.SizeMiB)
		drop(&edit.HotAdd, found.Memory.HotAdd)
		edit.Allocation = edit.Allocation.without(found.Memory.Allocation)
		if s.Memory = &edit; edit == (MemoryEdit{}) {
			s.Memory = nil
		}
	}
	drop(&s.Annotation, found.Annotation)
	s.Disks = withoutDisks(s.Disks, found.Disks)

	return s
}

func withoutDisks(edits map[string]DiskEdit, found map[string]Disk) map[string]DiskEdit {
	left := map[string]DiskEdit{}
	for key, edit := range edits {
		if edit.Mode == found[key].Mode {
			edit.Mode = ""
		}
		if edit.CapacityBytes <= found[key].CapacityBytes {
			edit.CapacityBytes = 0
		}
		if edit != (DiskEdit{}) {
			left[key] = edit
		}
	}
	if len(left) == 0 {
		return nil
	}

	return left
}

func (e AllocationEdit) without(present Allocation) AllocationEdit {
	drop(&e.Reservation, present.Reservation)
	drop(&e.Limit, present.Limit)
	if e.Shares == present.Shares {
		e.Shares = ""
	}

	return e
}

// drop makes an edit nil that changes nothing.
func drop[T comparable](edit **T, present T) {
	if *edit != nil && **edit == present {
		*edit = nil
	}
}
