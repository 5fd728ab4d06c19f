package zstack

import "testing"

func TestTable(t *testing.T) {
	t.Parallel()
	var zones table[*zone]
	first := zones.add(&zone{place{resource: resource{uuid: "1"}}})
	second := zones.add(&zone{place{resource: resource{uuid: "2"}}})
	if found, ok := zones.get("1"); !ok || found != first {
		t.Errorf("get 1: %v %t", found, ok)
	}
	zones.remove(first)
	zones.remove(first)
	if _, ok := zones.get("1"); ok || zones.has(first) || len(zones.all) != 1 || zones.all[0] != second {
		t.Errorf("after the removal: %v", zones.all)
	}
	_, failure := zones.find("Zone", "1")
	hasCode(t, failure, codeNotFound)
	if _, failure := zones.findOptional("Zone", "1"); failure == nil {
		t.Error("an unknown optional zone is found")
	}
	if found, failure := zones.findOptional("Zone", ""); found != nil || failure != nil {
		t.Errorf("no uuid: %v %v", found, failure)
	}
	if other := (&zone{place{resource: resource{uuid: "2"}}}); zones.has(other) {
		t.Error("another resource with the same uuid counts as held")
	}
}
