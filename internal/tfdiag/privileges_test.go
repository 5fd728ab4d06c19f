package tfdiag_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// TestMissingPrivileges has the texts of plans for which privileges are missing.
func TestMissingPrivileges(t *testing.T) {
	t.Parallel()
	several := []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Provisioning.Clone", Object: "vm-42", ObjectName: "golden", User: `VSPHERE.LOCAL\ci`},
		{Privilege: "Datastore.AllocateSpace", Object: "datastore-12", ObjectName: "LocalDS_0", User: `VSPHERE.LOCAL\ci`},
		{Privilege: "VirtualMachine.Inventory.CreateFromExisting", Object: "group-v9", User: `VSPHERE.LOCAL\ci`},
	}
	destroying := tfdiag.Operation{Action: `destroy VM "web-1"`}
	refused := tfdiag.MissingPrivileges(destroying, "vm-7", []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Inventory.Delete", Object: "vm-7", ObjectName: "web-1", User: "ci"},
	})
	checkGolden(t, []named{
		{"of a creation", tfdiag.MissingPrivileges(cloning(), "vm-42", several)},
		{"on what the operation works on", tfdiag.MissingPrivileges(cloning(), "vm-42", several[2:])},
		{"of a replacement", refused},
		{"of a destroy", tfdiag.DestroyRefused(diag.Diagnostics{refused})[0]},
	})
}
