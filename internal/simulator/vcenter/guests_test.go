package vcenter

import (
	"testing"
)

func TestGuestStore_settings(t *testing.T) {
	t.Parallel()
	guests := &guestStore{}
	if first, second := guests.nextAddress(), guests.nextAddress(); first != "10.0.0.1" || second != "10.0.0.2" {
		t.Errorf("addresses %s and %s", first, second)
	}
	guests.disableTools("vm-1", true)
	if !guests.toolsDisabled("vm-1") || guests.toolsDisabled("vm-2") {
		t.Error("wrong about whose tools are stopped")
	}
	guests.disableTools("vm-1", false)
	guests.ignoreShutdown(true)
	if guests.toolsDisabled("vm-1") || !guests.shutdownIgnored() {
		t.Error("the settings were not changed")
	}
}

// TestGuestStore_powerChanged lets guests start: one reports an address, one has no tools, one is kept from reporting.
func TestGuestStore_powerChanged(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	talks, mute, silent := addTestVM(t, stores, "talks"), addTestVM(t, stores, "mute"), addTestVM(t, stores, "silent")
	stores.inventory.alive = true
	stores.guests.disableTools(mute.Self.Value, true)
	stores.inventory.mu.Lock()
	for _, p := range []*problem{stores.power.powerOn(ctx, talks.Self), stores.power.powerOn(ctx, mute.Self)} {
		wantFault(t, "power on", p, "")
	}
	stores.guests.suppressAddresses(true)
	wantFault(t, "power on", stores.power.powerOn(ctx, silent.Self), "")
	stores.inventory.mu.Unlock()

	seen := func(name string) VM {
		vm, _ := stores.view.named(name)

		return vm
	}
	poll(t, "the guest reports an address", func() bool { return len(seen("talks").GuestIPAddresses) == 1 })
	for name, tools := range map[string]bool{"talks": true, "mute": false, "silent": true} {
		vm := seen(name)
		if vm.ToolsRunning != tools || name != "talks" && len(vm.GuestIPAddresses) > 0 {
			t.Errorf("%s: tools %v, addresses %v", name, vm.ToolsRunning, vm.GuestIPAddresses)
		}
	}
	stores.inventory.mu.Lock()
	wantFault(t, "power off", stores.power.setPower(ctx, talks.Self, poweredOff), "")
	stores.inventory.mu.Unlock()
	if vm := seen("talks"); vm.ToolsRunning || len(vm.GuestIPAddresses) > 0 {
		t.Errorf("powered off: %+v", vm)
	}
}
