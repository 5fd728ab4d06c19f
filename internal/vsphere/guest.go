package vsphere

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	powerStatePath = "runtime.powerState"
	guestNetPath   = "guest.net"
)

// ShutdownGuest asks the guest's operating system to shut down (ShutdownGuest), and does not wait for it. Without running
// VMware Tools it is an error of kind InvalidState (ToolsUnavailable).
func (c *Client) ShutdownGuest(ctx context.Context, id string) error {
	what := httpapi.Call{Op: "ShutdownGuest", Object: id, Effect: httpapi.Changes}
	_, err := conn.Call(ctx, c.conn.Method(what), methods.ShutdownGuest, &types.ShutdownGuest{This: vmRef(id)})

	return err
}

// WaitForPowerState blocks until the VM has the power state (runtime.powerState, on the shared WaitForUpdatesEx loop). It
// ends with ctx, or with an error of kind NotFound when the VM is gone.
func (c *Client) WaitForPowerState(ctx context.Context, id string, state PowerState) error {
	_, err := c.tasks.Properties(ctx, vmRef(id), []string{powerStatePath}, func(values map[string]any) bool {
		present, ok := values[powerStatePath].(types.VirtualMachinePowerState)

		return ok && PowerState(present) == state
	})

	return err
}

// WaitForGuestIP blocks until VMware Tools report a usable address (guest.net, on the shared WaitForUpdatesEx loop) and
// returns all of them, in the order of [VirtualMachine].GuestIPAddresses. It ends with the deadline of ctx, when the VM is switched off
// and when it is gone, with an error of the code [apierr.CodeNoGuestAddress].
func (c *Client) WaitForGuestIP(ctx context.Context, id string) ([]string, error) {
	none := apierr.Error{Object: id, Code: apierr.CodeNoGuestAddress}
	c.conn.Logger.InfoContext(ctx, "Waiting for an address of the guest", "vm", id)
	values, err := c.tasks.Properties(ctx, vmRef(id), []string{guestNetPath, powerStatePath}, func(values map[string]any) bool {
		return len(usableAddresses(values[guestNetPath])) > 0 || isOff(values)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		none.Kind = apierr.NotFound

		return nil, none.Wrap(err)
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		none.Kind = apierr.TimedOut

		return nil, none.Wrap(err)
	case err != nil:
		return nil, err
	case len(usableAddresses(values[guestNetPath])) == 0:
		none.Kind = apierr.InvalidState

		return nil, &none
	}

	return usableAddresses(values[guestNetPath]), nil
}

// isOff reports whether a VM's properties tell that it is powered off.
func isOff(values map[string]any) bool {
	state, ok := values[powerStatePath].(types.VirtualMachinePowerState)

	return ok && state == types.VirtualMachinePowerStatePoweredOff
}

// usableAddresses returns the addresses of a guest.net property that other machines can reach: no loopback, no link-local,
// each once. IPv4 comes first; within a family, interfaces and their addresses keep the order of VMware Tools.
func usableAddresses(net any) []string {
	var interfaces []types.GuestNicInfo
	switch value := net.(type) {
	case types.ArrayOfGuestNicInfo:
		interfaces = value.GuestNicInfo
	case []types.GuestNicInfo:
		interfaces = value
	}
	var four, six []string
	for _, card := range interfaces {
		for _, text := range addressesOf(card) {
			address, err := netip.ParseAddr(text)
			if err != nil || address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsUnspecified() ||
				address.IsMulticast() {
				continue
			}
			plain := address.Unmap().WithZone("")
			if plain.Is4() {
				four = appendOnce(four, plain.String())
			} else {
				six = appendOnce(six, plain.String())
			}
		}
	}

	return append(four, six...)
}

// addressesOf prefers the structured addresses of a card, which newer VMware Tools report, over the plain list.
func addressesOf(card types.GuestNicInfo) []string {
	if card.IpConfig == nil || len(card.IpConfig.IpAddress) == 0 {
		return card.IpAddress
	}
	addresses := make([]string, 0, len(card.IpConfig.IpAddress))
	for _, address := range card.IpConfig.IpAddress {
		addresses = append(addresses, address.IpAddress)
	}

	return addresses
}

func appendOnce(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}

	return append(list, text)
}
