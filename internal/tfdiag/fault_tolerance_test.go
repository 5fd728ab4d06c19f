package tfdiag_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestFaultTolerance(t *testing.T) {
	t.Parallel()
	primary := tfdiag.Reference{Attribute: path.Root("primary_vm_id"), What: "virtual machine", ID: "vm-42"}
	fault := &apierr.Error{
		Kind: apierr.Insufficient, Code: "InsufficientResourcesFault", Messages: []string{"No host can run it", "Out of memory"},
	}
	const resourceType = "vmfork_vsphere_ft_secondary"
	left := tfdiag.PairRemainder{ConfiguredID: "vm-42", StaysID: "vm-57", StaysName: "db", GoesID: "vm-42"}
	managed := tfdiag.PairRemainder{ConfiguredID: "vm-42", StaysID: "vm-57", Managed: true, GoesID: "vm-42"}
	another := tfdiag.PairRemainder{ConfiguredID: "vm-42", StaysID: "vm-57", Managed: true, GoesID: "vm-58"}
	checkGolden(t, []named{
		{"a primary already", tfdiag.AlreadyFaultTolerant(primary.Attribute, resourceType, "vm-42", "vm-42", "vm-57", tfdiag.Existing{})},
		{"a secondary already", tfdiag.AlreadyFaultTolerant(primary.Attribute, resourceType, "vm-57", "vm-42", "vm-57", tfdiag.Existing{})},
		{"a primary already, as it is created", tfdiag.AlreadyFaultTolerant(primary.Attribute, resourceType, "vm-42", "vm-42", "vm-57", tfdiag.Existing{Unseen: true})},
		{"a primary already, in an apply", tfdiag.AlreadyFaultTolerant(primary.Attribute, resourceType, "vm-42", "vm-42", "vm-57", tfdiag.Existing{Unseen: true, BlocksLater: true})},
		{"not to be made fault tolerant", tfdiag.NotFaultTolerable(primary, fault, true)},
		{"to be made fault tolerant, but", tfdiag.NotFaultTolerable(primary, fault, false)},
		{"not powered on", tfdiag.SecondaryNotPoweredOn("vm-42", "vm-57", fault)},
		{"not running", tfdiag.SecondaryNotRunning("vm-42", "vm-57", "starting", 2*time.Minute)},
		{"awaits approval", tfdiag.SecondaryAwaitsApproval("vm-42", "vm-57", []string{"7: Power it on", "8: Move another one"})},
		{"failed over", tfdiag.FailedOver("vm-42", "vm-57", "vm-42")},
		{"failed over, with another secondary", tfdiag.FailedOver("vm-42", "vm-57", "vm-58")},
		{"fail back first", tfdiag.FailBackFirst(path.Root("host_id"), "vm-42", "vm-57")},
		{"to be destroyed after a fail-over", tfdiag.FailedOverDestroy(left)},
		{"to be destroyed, the rest managed", tfdiag.FailedOverDestroy(managed)},
		{"to be destroyed, with another secondary", tfdiag.FailedOverDestroy(another)},
		{"to be destroyed with a managed secondary", tfdiag.ManagedSecondary("vm-57", "vm-42")},
		{"destroyed after a fail-over", tfdiag.FailedOverDestroyed(left)},
		{"destroyed, the rest managed", tfdiag.FailedOverDestroyed(managed)},
		{"failed over since the plan", tfdiag.FailedOverSincePlan("vm-42", "vm-57")},
	})
}
