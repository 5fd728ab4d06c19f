package states_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestReplaceState_keepsBytes replaces nothing in each recorded state, which must not change, and checks that the private data is there
// that the other test is about.
func TestReplaceState_keepsBytes(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		for _, variant := range variants() {
			paths := stateCase{kind, variant}.files()
			state := readFile(t, paths.state)
			same := map[string]string{}
			for _, value := range readRecording(t, paths.recording).Objects {
				same[value] = value
			}
			if got, err := replaceState(state, same); err != nil || got != state {
				t.Errorf("%s: %v, became\n%s", paths.state, err, got)
			}
			var want []string
			if strings.HasPrefix(variant, "imported") {
				want = append(want, "imported")
			}
			if variant == "pending" && kind.resource != "vmfork_vsphere_ft_secondary" && kind.resource != "vmfork_zstack_snapshot" {
				want = append(want, "pending")
			}
			if strings.HasPrefix(kind.resource, "vmfork_vsphere_") {
				want = append(want, "vcenter_uuid")
			}
			if got := slices.Sorted(maps.Keys(privateOf(t, state))); !slices.Equal(got, want) {
				t.Errorf("%s has the private data %q, want %q", paths.state, got, want)
			}
		}
	}
}

func TestReplaceState(t *testing.T) {
	t.Parallel()
	// The private data is {"pending":{"vm_id":"vm-6","name":"vm-61"}}.
	state := `{"id": "vm-6", "other": "vm-61", "vm-6": [1.50, "<vm-6>"], "private": "eyJwZW5kaW5nIjoiZXlKMmJWOXBaQ0k2SW5adExUWWlMQ0p1WVcxbElqb2lkbTB0TmpFaWZRPT0ifQ=="}`
	got, err := replaceState(state, map[string]string{"vm-6": "vm-61", "vm-61": "vm-6"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"id": "vm-61", "other": "vm-6", "vm-61": [1.50, "<vm-6>"], "private": "`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
	pending, _ := privateOf(t, got)["pending"].(map[string]any)
	if pending["vm_id"] != "vm-61" || pending["name"] != "vm-6" {
		t.Errorf("private data %v", pending)
	}
}

func TestReplacement_twoMeanings(t *testing.T) {
	t.Parallel()
	recorded := map[string]string{"host": "host-1", "vm host": "host-1"}
	if _, err := replacement(recorded, map[string]string{"host": "host-7", "vm host": "host-8"}); err == nil {
		t.Error("one value stands for two")
	}
	if _, err := replacement(recorded, map[string]string{"host": "host-7"}); err == nil {
		t.Error("a value that nothing has now passed")
	}
}
