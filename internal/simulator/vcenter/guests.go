package vcenter

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// guestDelay is how long a guest takes to report its address, or to shut down when asked.
const guestDelay = 30 * time.Millisecond

// guestStore acts for the guests of all VMs: their tools, addresses and shutdown.
type guestStore struct {
	inventory *inventory

	mu              sync.Mutex
	addresses       int
	silent          bool            // guests report no address by themselves
	ignoresShutdown bool            // guests do not shut down when asked
	noTools         map[string]bool // VMs whose tools are stopped for good
}

// disableTools stops a VM's tools over power cycles too, or undoes that.
func (s *guestStore) disableTools(vm string, disabled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.noTools == nil {
		s.noTools = map[string]bool{}
	}
	s.noTools[vm] = disabled
}

// move gives VMs other ids.
func (s *guestStore) move(refs references) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noTools = movedIDs(s.noTools, refs)
}

func (s *guestStore) toolsDisabled(vm string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.noTools[vm]
}

func (s *guestStore) shutdownIgnored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.ignoresShutdown
}

// nextAddress returns the next IPv4 address of 10/8.
func (s *guestStore) nextAddress() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addresses++
	n := s.addresses

	return fmt.Sprintf("10.%d.%d.%d", n>>16&0xff, n>>8&0xff, n&0xff)
}

// suppressAddresses keeps guests that start from now on from reporting an address, or undoes that. ChangeVM
// can give a VM an address all the same.
func (s *guestStore) suppressAddresses(suppress bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = suppress
}

// ignoreShutdown makes guests accept a request to shut down and stay on, or follow it again.
func (s *guestStore) ignoreShutdown(ignore bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ignoresShutdown = ignore
}

// powerChanged updates tools and addresses of the guest after a change of power. The inventory must be locked for writing.
func (s *guestStore) powerChanged(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) {
	if state != poweredOn {
		s.setTools(ctx, vm, false)
		s.setAddresses(ctx, vm.Self, nil)

		return
	}
	s.mu.Lock()
	silent, tools := s.silent, !s.noTools[vm.Self.Value]
	s.mu.Unlock()
	s.setTools(ctx, vm, tools)
	if silent || !tools {
		return
	}
	ref, boot := vm.Self, bootTime(vm)
	s.inventory.after(guestDelay, func(ctx *simulator.Context) {
		// Not if it was powered off, or off and on again, meanwhile.
		if vm, ok := s.inventory.vm(ref); ok && vm.Runtime.PowerState == poweredOn && bootTime(vm).Equal(boot) && !hasAddress(vm) {
			s.setAddresses(ctx, ref, []string{s.nextAddress()})
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

func (s *guestStore) setTools(ctx *simulator.Context, vm *simulator.VirtualMachine, running bool) {
	state, status := types.VirtualMachineToolsRunningStatusGuestToolsNotRunning, types.VirtualMachineToolsStatusToolsNotRunning
	heartbeat := types.ManagedEntityStatusGray
	guest := types.VirtualMachineGuestStateNotRunning
	if running {
		state, status = types.VirtualMachineToolsRunningStatusGuestToolsRunning, types.VirtualMachineToolsStatusToolsOk
		heartbeat, guest = types.ManagedEntityStatusGreen, types.VirtualMachineGuestStateRunning
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
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
func (s *guestStore) setAddresses(ctx *simulator.Context, ref types.ManagedObjectReference, addresses []string) {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return
	}
	first := ""
	if len(addresses) > 0 {
		first = addresses[0]
	}
	var nets []types.GuestNicInfo
	s.inventory.registry.WithLock(ctx, vm, func() {
		nets = append(nets, vm.Guest.Net...)
	})
	if len(nets) == 0 && len(addresses) > 0 {
		nets = append(nets, types.GuestNicInfo{Connected: true, DeviceConfigId: interfaceKey})
	}
	for i := range nets {
		nets[i].IpAddress, nets[i].IpConfig = nil, nil
	}
	stacks := []types.GuestStackInfo{}
	if len(addresses) > 0 {
		nets[0].IpAddress, nets[0].Connected = addresses, true
		nets[0].IpConfig = &types.NetIpConfigInfo{IpAddress: configured(addresses)}
		stacks = append(stacks, routed())
	}
	// Clients that wait for an address look for the gateway of its network at once: the stack must be there when guest.net changes.
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "guest.ipStack", Val: stacks},
		{Name: "guest.net", Val: nets},
		{Name: "guest.ipAddress", Val: first},
		{Name: "summary.guest.ipAddress", Val: first},
	})
}

// configured returns addresses as the guest has configured them: IPv4 in a network of 8 bits, as nextAddress makes them, IPv6 in one of 64.
func configured(addresses []string) []types.NetIpConfigInfoIpAddress {
	const bits4, bits6 = 8, 64
	var all []types.NetIpConfigInfoIpAddress
	for _, address := range addresses {
		one := types.NetIpConfigInfoIpAddress{IpAddress: address, PrefixLength: bits4, State: string(types.NetIpConfigInfoIpAddressStatusPreferred)}
		if strings.Contains(address, ":") {
			one.PrefixLength = bits6
		}
		all = append(all, one)
	}

	return all
}

// routed returns the guest's network stack: a route to everywhere over the first network interface.
func routed() types.GuestStackInfo {
	return types.GuestStackInfo{
		DnsConfig: &types.NetDnsConfigInfo{DomainName: "example.com", IpAddress: []string{"10.0.0.254"}},
		IpRouteConfig: &types.NetIpRouteConfigInfo{IpRoute: []types.NetIpRouteConfigInfoIpRoute{{
			Network: "0.0.0.0", Gateway: types.NetIpRouteConfigInfoGateway{IpAddress: "10.255.255.254", Device: "0"},
		}}},
	}
}
