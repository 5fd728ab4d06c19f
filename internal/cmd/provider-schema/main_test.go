package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// TestAccSchema_asTheCLIPrintsIt holds the program to what it stands in for. An older CLI leaves out what it does not
// know, such as identities; the rest must be the same.
func TestAccSchema_asTheCLIPrintsIt(t *testing.T) {
	t.Parallel()

	var own bytes.Buffer
	if err := run(t.Context(), &own); err != nil {
		t.Fatal(err)
	}
	got := onlyProvider(t, own.Bytes())

	workspace := acctest.NewWorkspace(t, "")
	result := acctest.RunCLI(t, workspace, "providers", "schema", "-json")
	if result.ExitCode != 0 {
		t.Fatalf("the CLI ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	want := onlyProvider(t, []byte(result.Output))

	for _, section := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[section], want[section]) {
			t.Errorf("%s differs\ngot:  %s\nwant: %s", section, text(t, got[section]), text(t, want[section]))
		}
	}
	for _, section := range []string{"provider", "data_source_schemas"} {
		if want[section] == nil {
			t.Errorf("the CLI printed no %s: there is nothing to compare with", section)
		}
	}
}

// onlyProvider returns the sections of the one provider in a document.
func onlyProvider(t *testing.T, document []byte) map[string]any {
	t.Helper()

	var decoded struct {
		Providers map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(document, &decoded); err != nil {
		t.Fatalf("%v in:\n%s", err, document)
	}
	for _, sections := range decoded.Providers {
		if len(decoded.Providers) == 1 {
			return sections
		}
	}
	t.Fatalf("want one provider, got %d", len(decoded.Providers))

	return nil
}

func text(t *testing.T, value any) string {
	t.Helper()

	encoded, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}

	return string(encoded)
}
