package zstack

import "testing"

func TestTakesSnapshotScope(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"4.10.6": true, "4.10.16": true, "v4.10.6-release": true, "4.10.0": false, "4.10.5": false, "4.8.15": false, "5.2.1": false, "": false,
		"nonsense": false,
	} {
		if got := TakesSnapshotScope(version); got != want {
			t.Errorf("%q: %t", version, got)
		}
	}
}

func TestDescendants(t *testing.T) {
	t.Parallel()
	tree := SnapshotNode{UUID: "a", Children: []SnapshotNode{{UUID: "b", Children: []SnapshotNode{{UUID: "c"}}}, {UUID: "d"}}}
	var got string
	for _, node := range tree.Descendants() {
		got += node.UUID
	}
	if got != "bcd" {
		t.Errorf("descendants: %s", got)
	}
}
