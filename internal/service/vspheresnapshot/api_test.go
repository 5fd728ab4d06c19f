package vspheresnapshot

import (
	"testing"

	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestBothAPIs lives a snapshot's life in SOAP and in VI/JSON.
func TestBothAPIs(t *testing.T) {
	t.Parallel()
	for _, api := range []string{vsphere.APISOAP, vsphere.APIJSON} {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			c, server := simCore(t, api)
			vm, _ := server.VM("DC0_C0_RP0_VM0")
			c.must(server.ChangeVM(vm.ID, vspheresim.Change{ToolsRunning: new(true), GuestID: new("windows2019srv_64Guest")}))
			at := func(changes config) config {
				return basic(config{"vm_id": vm.ID, "name": "100% a/b\\c", "quiesce": config{"windows": config{
					"vss_backup_type": 5, "vss_bootable_system_state": true, "vss_backup_context": "ctx_backup",
				}}}, changes)
			}
			c.apply(t.Context(), at(nil)).clean(t)
			c.is("true", "quiesced")
			id := c.get("id")
			c.settled(at(nil))
			for _, description := range []string{"words", ""} {
				changed := at(config{"name": "renamed/%", "description": description})
				c.apply(t.Context(), changed).clean(t)
				c.is(description, "description")
				c.settled(changed)
			}
			c.is(id, "id")

			path := vm.ID + "/renamed\\/%"
			c.state, c.private, c.identity = c.value(nil), nil, nil
			c.importBy(path, nil).clean(t)
			c.is(id, "id")
			c.is("renamed/%", "name")
			c.destroy(t.Context()).clean(t)
			c.importBy(path, nil).failed(t, "No snapshot has the path")
		})
	}
}
