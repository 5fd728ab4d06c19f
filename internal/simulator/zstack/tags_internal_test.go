package zstack

import (
	"slices"
	"testing"
)

func TestTagStore(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	tags, owner := inv.tags, inv.vms.all[0].uuid
	inherent := len(tags.of[owner])
	if inherent == 0 {
		t.Fatal("the VM has no inherent tags")
	}
	wanted := tag{text: "ha::None", system: true, resourceUUID: owner, resourceType: typeVM}
	first := tags.create(wanted)
	if again := tags.create(wanted); again != first {
		t.Error("a second tag with the same text is created")
	}
	if user := tags.create(tag{text: "ha::None", resourceUUID: owner, resourceType: typeVM}); user == first {
		t.Error("a user tag is taken for the system tag with the same text")
	}
	if got := tags.systemValue(owner, "ha"); got != "None" {
		t.Errorf("the value is %q", got)
	}
	tags.replace(typeVM, owner, true, []string{"numa", "vmPriority::High"})
	if got, want := tags.texts(owner, true), []string{"numa", "vmPriority::High"}; !slices.Equal(got, want) {
		t.Errorf("system tags after the replacement: %q, want %q", got, want)
	}
	if got := tags.texts(owner, false); !slices.Equal(got, []string{"ha::None"}) {
		t.Errorf("user tags after the replacement of system tags: %q", got)
	}
	if got := len(tags.of[owner]); got != inherent+3 {
		t.Errorf("%d tags, want the %d inherent ones and 3", got, inherent)
	}
	if tags.has(first) {
		t.Error("a replaced tag is still in the table")
	}
	all := len(tags.all)
	tags.removeAll(owner)
	if len(tags.of[owner]) != 0 || len(tags.all) != all-inherent-3 {
		t.Errorf("%d tags are left of %d", len(tags.all), all)
	}
}
