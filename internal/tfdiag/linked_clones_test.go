package tfdiag_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestLinkedClones(t *testing.T) {
	t.Parallel()
	clones := []tfdiag.LinkedClone{
		{ID: "vm-12", Name: "web", SnapshotID: "snapshot-3", Disks: []string{"2000", "2001"}},
		{ID: "vm-13", Name: "runner", Disks: []string{"2000"}},
	}
	op := tfdiag.Operation{Action: `destroy VM "golden"`, Platform: tfdiag.VSphere}
	checkGolden(t, []named{
		{"a destroy", tfdiag.LinkedClonesStay(op, clones)},
		{"a plan that destroys", tfdiag.LinkedClonesAtRisk(`snapshot "before" of vm-1`, false, clones[:1])},
		{"a plan that replaces", tfdiag.LinkedClonesAtRisk(`VM "golden"`, true, clones)},
	})
}
