package vcenter

import (
	"fmt"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// guestDelay is how long a guest takes to report its address, or to shut down when asked.
const guestDelay = 30 * time.Millisecond

// guestStore is what the guests of all VMs do by themselves.
type guestStore struct {
	mu              sync.Mutex
	addresses       int
	silent          bool            // guests report no address by themselves
	ignoresShutdown bool            // guests do not shut down when asked
	noTools         map[string]bool // VMs whose tools somebody stopped for good
}

// nextAddress hands out IPv4 addresses of 10/8.
func (g *guestStore) nextAddress() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addresses++
	n := g.addresses

	return fmt.Sprintf("10.%d.%d.%d", n>>16&0xff, n>>8&0xff, n&0xff)
}

// SuppressGuestAddresses keeps guests that start from now on from reporting an address, or lets them again. ChangeVM
// can give a VM an address all the same.
func (s *Server) SuppressGuestAddresses(suppress bool) {
	s.guests.mu.Lock()
	defer s.guests.mu.Unlock()
	s.guests.silent = suppress
}

// IgnoreShutdown makes guests take a request to shut down and stay on, or follow it again.
func (s *Server) IgnoreShutdown(ignore bool) {
	s.guests.mu.Lock()
	defer s.guests.mu.Unlock()
	s.guests.ignoresShutdown = ignore
}

// guestFollows brings the guest's facts in line with a power state. The world must be held alone.
func (s *Server) guestFollows(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) {
	if state != poweredOn {
		s.setTools(ctx, vm, false)
		s.setAddresses(ctx, vm.Self, nil)

		return
	}
	s.guests.mu.Lock()
	silent, tools := s.guests.silent, !s.guests.noTools[vm.Self.Value]
	s.guests.mu.Unlock()
	s.setTools(ctx, vm, tools)
	if silent || !tools {
		return
	}
	ref, boot := vm.Self, bootTime(vm)
	s.after(guestDelay, func(ctx *simulator.Context) {
		// Not if it was powered off, or off and on again, meanwhile.
		if vm, ok := s.vm(ref); ok && vm.Runtime.PowerState == poweredOn && bootTime(vm).Equal(boot) && !hasAddress(vm) {
			s.setAddresses(ctx, ref, []string{s.guests.nextAddress()})
		}
	})
}

func bootTime(vm *simulator.VirtualMachine) time.Time {
	if boot := vm.Summary.Runtime.BootTime; boot != nil {
		return *boot
	}

	return time.Time{}
}

func hasAddress(vm *simulator.VirtualMachine) bool {
	return vm.Guest != nil && vm.Guest.IpAddress != ""
}

// after does something to the world when a while has passed, unless the server ends before.
func (s *Server) after(delay time.Duration, act func(*simulator.Context)) {
	if s.stopped == nil {
		return // the inventory is still being made
	}
	s.background.Go(func() {
		if !s.wait(delay, nil) {
			return
		}
		s.world.Lock()
		defer s.world.Unlock()
		act(s.newContext(administrator))
	})
}

func (s *Server) setTools(ctx *simulator.Context, vm *simulator.VirtualMachine, running bool) {
	state, status := types.VirtualMachineToolsRunningStatusGuestToolsNotRunning, types.VirtualMachineToolsStatusToolsNotRunning
	heartbeat := types.ManagedEntityStatusGray
	guest := types.VirtualMachineGuestStateNotRunning
	if running {
		state, status = types.VirtualMachineToolsRunningStatusGuestToolsRunning, types.VirtualMachineToolsStatusToolsOk
		heartbeat, guest = types.ManagedEntityStatusGreen, types.VirtualMachineGuestStateRunning
	}
	s.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "guest.toolsRunningStatus", Val: string(state)},
		{Name: "guest.toolsStatus", Val: status},
		{Name: "guest.toolsVersion", Val: "12352"},
		{Name: "guest.guestState", Val: string(guest)},
		{Name: "guestHeartbeatStatus", Val: heartbeat},
		{Name: "summary.guest.toolsRunningStatus", Val: string(state)},
		{Name: "summary.guest.toolsStatus", Val: status},
	})
}

// setAddresses makes the guest report addresses on its first network interface, or none.
func (s *Server) setAddresses(ctx *simulator.Context, ref types.ManagedObjectReference, addresses []string) {
	vm, ok := s.vm(ref)
	if !ok {
		return
	}
	first := ""
	if len(addresses) > 0 {
		first = addresses[0]
	}
	var nets []types.GuestNicInfo
	s.registry.WithLock(ctx, vm, func() {
		nets = append(nets, vm.Guest.Net...)
	})
	if len(nets) == 0 && len(addresses) > 0 {
		nets = append(nets, types.GuestNicInfo{Connected: true, DeviceConfigId: interfaceKey})
	}
	for i := range nets {
		nets[i].IpAddress, nets[i].IpConfig = nil, nil
	}
	if len(addresses) > 0 {
		nets[0].IpAddress, nets[0].Connected = addresses, true
	}
	s.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "guest.net", Val: nets},
		{Name: "guest.ipAddress", Val: first},
		{Name: "summary.guest.ipAddress", Val: first},
	})
}

// shutdownGuest is ShutdownGuest: it returns at once, the guest follows a moment later.
func shutdownGuest(s *Server, c *call) soap.HasFault {
	vm, ok := s.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	if vm.Runtime.PowerState != poweredOn {
		return invalidPowerState(poweredOn, vm.Runtime.PowerState, c.this).body()
	}
	if vm.Guest.ToolsRunningStatus != string(types.VirtualMachineToolsRunningStatusGuestToolsRunning) {
		p := &problem{
			fault:    &types.ToolsUnavailable{},
			messages: []string{"Cannot complete operation because VMware Tools is not running in this virtual machine."},
		}

		return p.body()
	}
	s.guests.mu.Lock()
	ignores := s.guests.ignoresShutdown
	s.guests.mu.Unlock()
	if !ignores {
		ref, boot := c.this, bootTime(vm)
		s.after(guestDelay, func(ctx *simulator.Context) {
			if vm, ok := s.vm(ref); ok && bootTime(vm).Equal(boot) && vm.Runtime.PowerState == poweredOn {
				_ = s.setPower(ctx, ref, poweredOff)
			}
		})
	}

	return &methods.ShutdownGuestBody{Res: &types.ShutdownGuestResponse{}}
}
