package vsphere

import "testing"

// TestSnapshotName reads names with one and with two levels of escapes.
func TestSnapshotName(t *testing.T) {
	t.Parallel()
	for vim, want := range map[string][2]string{
		"before":              {"before", ""},
		"100%25":              {"100%", ""},
		"a%2fb":               {"a/b", ""},
		"a%252fb":             {"a/b", "a%2fb"},
		"a%255cb":             {`a\b`, "a%5cb"},
		"50%2525":             {"50%", "50%25"},
		"a%2fb%2525":          {"a/b%25", ""}, // a raw slash has been escaped once
		"%2525%2f":            {"%25/", ""},
		"100%25 %252f":        {"100% %2f", ""}, // a raw percent sign, too
		"theirs%252fa%252520": {"theirs/a%20", "theirs%2fa%2520"},
	} {
		if name, escaped := snapshotName(vim); name != want[0] || escaped != want[1] {
			t.Errorf("%q is %q, %q, want %q", vim, name, escaped, want)
		}
	}
	doubly := Snapshot{Name: "a/b", Escaped: "a%2fb"}
	for name, want := range map[string]string{"a/b": "a/b", "a%2fb": "a%2fb", "": "a/b", "c": "a/b"} {
		if got := doubly.NameLike(name); got != want {
			t.Errorf("like %q it is %q, want %q", name, got, want)
		}
	}
}
