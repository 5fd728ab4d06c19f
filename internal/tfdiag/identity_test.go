package tfdiag_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	const object = `VM "web"`
	checkGolden(t, []named{
		{"another VM, found elsewhere", tfdiag.NamesAnother(object, "vm-42", `VM "db"`, "vm-43")},
		{"another VM, found nowhere", tfdiag.NamesAnother(object, "vm-42", `VM "db"`, "")},
		{"dropped for another VM", tfdiag.DroppedForAnother(object, "vm-42", `VM "db"`)},
		{"not identified", tfdiag.NotIdentified(object, "vm-42", "inaccessible")},
		{"kept unread", tfdiag.KeptUnread(object, "vm-42", "orphaned")},
		{"kept unread, early in its creation", tfdiag.KeptUnread(object, "vm-42", "connected")},
		{"not read by a data source", tfdiag.NotReadNow("vm-42", "disconnected")},
		{"moved since the plan", tfdiag.MovedMeanwhile(object, "vm-42", "vm-99")},
	})
}
