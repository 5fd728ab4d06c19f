package vspheresnapshot

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
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
			c.Must(server.ChangeVM(vm.ID, vcenter.Change{ToolsRunning: new(true), GuestID: new("windows2019srv_64Guest")}))
			at := func(changes config) config {
				return basic(config{"vm_id": vm.ID, "name": "100% a/b\\c", "quiesce": config{"windows": config{
					"vss_backup_type": 5, "vss_bootable_system_state": true, "vss_backup_context": "ctx_backup",
				}}}, changes)
			}
			c.Apply(t.Context(), at(nil)).Clean(t)
			c.Is("true", "quiesced")
			id := c.Get("id")
			c.Settled(at(nil))
			for _, description := range []string{"words", ""} {
				changed := at(config{"name": "renamed/%", "description": description})
				c.Apply(t.Context(), changed).Clean(t)
				c.Is(description, "description")
				c.Settled(changed)
			}
			c.Is(id, "id")

			path := vm.ID + "/renamed\\/%"
			c.Forget()
			c.ImportBy(path, nil).Clean(t)
			c.Is(id, "id")
			c.Is("renamed/%", "name")
			c.Destroy(t.Context()).Clean(t)
			c.ImportBy(path, nil).Failed(t, "No snapshot has the path")
		})
	}
}
