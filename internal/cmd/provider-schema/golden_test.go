package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSchema_golden makes a change of the schema visible in review: an attribute that goes, or that becomes required,
// breaks configurations. Descriptions are left out; they show in docs/.
func TestSchema_golden(t *testing.T) {
	t.Parallel()

	var own bytes.Buffer
	if err := run(t.Context(), &own); err != nil {
		t.Fatal(err)
	}
	sections := onlyProvider(t, own.Bytes())
	withoutDescriptions(sections)
	got := []byte(text(t, sections) + "\n")

	golden := filepath.Join("testdata", "schema.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the schema changed: if that is meant, run this test with -update and look at the difference\n%s", got)
	}
}

// TestSchema_described wants a text for every attribute, also for those within others.
func TestSchema_described(t *testing.T) {
	t.Parallel()

	var own bytes.Buffer
	if err := run(t.Context(), &own); err != nil {
		t.Fatal(err)
	}
	var visit func(where string, object map[string]any)
	visit = func(where string, object map[string]any) {
		if attributes, ok := object["attributes"].(map[string]any); ok {
			for name, attribute := range attributes {
				if fields, ok := attribute.(map[string]any); ok && fields["description"] == nil {
					t.Errorf("%s.%s has no description", where, name)
				}
			}
		}
		for name, value := range object {
			if inner, ok := value.(map[string]any); ok {
				visit(where+"."+name, inner)
			}
		}
	}
	visit("", onlyProvider(t, own.Bytes()))
}

func withoutDescriptions(value any) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	for name, inner := range object {
		if _, isText := inner.(string); isText && (name == "description" || name == "description_kind") {
			delete(object, name)

			continue
		}
		withoutDescriptions(inner)
	}
}
