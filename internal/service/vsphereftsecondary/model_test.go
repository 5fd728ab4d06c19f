package vsphereftsecondary

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// A pair that fails over while it is created has both its VMs in state, in the roles of the plan.
func TestKeeping_failedOver(t *testing.T) {
	t.Parallel()
	plan := model{PrimaryVMID: types.StringValue("vm-42"), ID: types.StringUnknown()}
	for name, test := range map[string]struct {
		pair vsphere.FaultTolerance
		want string
	}{
		"as planned":                 {vsphere.FaultTolerance{PrimaryID: "vm-42", SecondaryID: "vm-57"}, "vm-57"},
		"failed over":                {vsphere.FaultTolerance{PrimaryID: "vm-57", SecondaryID: "vm-42"}, "vm-57"},
		"with another new secondary": {vsphere.FaultTolerance{PrimaryID: "vm-57", SecondaryID: "vm-58"}, "vm-58"},
	} {
		got := plan.observed(test.pair).Keeping(plan)
		if got.PrimaryVMID.ValueString() != "vm-42" || got.ObjectID() != test.want {
			t.Errorf("%s: primary %s, id %s; want vm-42 and %s", name, got.PrimaryVMID, got.ObjectID(), test.want)
		}
	}
}
