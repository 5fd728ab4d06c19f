package near_test

import (
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/near"
)

func TestNames(t *testing.T) {
	t.Parallel()
	known := []string{"LocalDS_0", "LocalDS_1", "golden-template", "esx1.example.com", "esx2.example.com", "web", "_", "VM Network"}
	for wanted, want := range map[string][]string{
		"localds_0":       {"LocalDS_0"},
		"LocalDS0":        {"LocalDS_0"},
		"LocalDS_2":       {"LocalDS_0", "LocalDS_1"},
		"golden-templtae": {"golden-template"}, // two letters swapped
		"golden-templat":  {"golden-template"},
		"gold":            nil,
		"esx1":            {"esx1.example.com"},
		"wbe":             {"web"},
		"db":              nil,
		"w":               nil,
		"-":               nil,
		"_":               {"_"},
		"vm-network":      {"VM Network"},
		"":                nil,
	} {
		if got := near.Names(wanted, known); !slices.Equal(got, want) {
			t.Errorf("near %q: %q, want %q", wanted, got, want)
		}
	}
	if got := near.Names("web", []string{"Web", "web", "Web"}); !slices.Equal(got, []string{"Web", "web"}) {
		t.Errorf("names that differ in case alone: %q", got)
	}
	if got := near.Names("web", nil); got != nil {
		t.Errorf("of no names: %q", got)
	}
}
