package vspherevirtualmachine

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestWithoutConfig tells what vCenter knows without a VM's configuration, and null for the rest.
func TestWithoutConfig(t *testing.T) {
	t.Parallel()
	got := newModel(&vsphere.VirtualMachine{ID: "vm-1", Name: "web", NoConfig: true, PowerState: vsphere.PoweredOff}, "/DC0/vm/web", types.SetNull(types.StringType)).withoutConfig()
	if got.ID.ValueString() != "vm-1" || got.Name.ValueString() != "web" || got.PowerState.IsNull() {
		t.Errorf("%+v", got)
	}
	if !got.InstanceUUID.IsNull() || !got.Disks.IsNull() || !got.NetworkInterfaces.IsNull() || !got.Template.IsNull() ||
		!got.CPU.IsNull() || !got.Memory.IsNull() || !got.GuestID.IsNull() || !got.ExtraConfig.IsNull() {
		t.Errorf("tells of the configuration: %+v", got)
	}
}
