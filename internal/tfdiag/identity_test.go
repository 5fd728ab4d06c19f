package tfdiag_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	const object = `VM "web"`
	checkGolden(t, []named{
		{"another VM, found elsewhere", tfdiag.NamesAnother(object, "vm-42", `VM "db"`, "vm-43")},
		{"another VM, found nowhere", tfdiag.NamesAnother(object, "vm-42", `VM "db"`, "")},
		{"dropped for another VM", tfdiag.DroppedForAnother(object, "vm-42", `VM "db"`)},
		{"not identified", tfdiag.NotIdentified(object, "vm-42", "vm-42", "inaccessible")},
		{"kept unread", tfdiag.KeptUnread(object, "vm-42", "vm-42", "orphaned")},
		{"kept unread, early in its creation", tfdiag.KeptUnread(object, "vm-42", "vm-42", "connected")},
		{"not identified, another id", tfdiag.NotIdentified(object, "vm-42", "vm-99", "inaccessible")},
		{"kept unread, another id", tfdiag.KeptUnread(object, "vm-42", "vm-99", "inaccessible")},
		{"not read by a data source", tfdiag.NotReadNow("vm-42", "disconnected")},
		{"policies unread", tfdiag.PoliciesUnread(object, &apierr.Error{Kind: apierr.Denied, Op: "PbmQueryAssociatedProfiles", Object: "vm-42", Code: "NoPermission"})},
		{"a former id", tfdiag.FormerID(path.Root("vm_id"), object, "vm-42", "vm-99")},
		{"a former id, another VM's now", tfdiag.FormerIDOfAnother(path.Root("vm_id"), object, "vm-42", `VM "db"`, "vm-99")},
		{"a snapshot not found again", tfdiag.NotFollowed(`snapshot "before" of vm-42`, "vm-42", "vm-99")},
		{"a snapshot not found as it is destroyed", tfdiag.NotFoundToRemove(`snapshot "before" of vm-42`, "vm-42", "vm-99")},
		{"a partner not registered", tfdiag.PartnerMissing("FT secondary of vm-42", "vm-42")},
		{"moved since the plan", tfdiag.MovedMeanwhile(object, "vm-42", "vm-99")},
	})
}
