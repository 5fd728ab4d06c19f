package tfdiag_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

var update = flag.Bool("update", false, "write the golden files anew")

// named is a diagnostic with the name of its case.
type named struct {
	name string
	diag diag.Diagnostic
}

// checkGolden compares whole diagnostics, in order, with testdata/<name of the test>.golden, and each with the rules that
// all texts keep.
func checkGolden(t *testing.T, cases []named) {
	t.Helper()
	var text strings.Builder
	for _, c := range cases {
		checkRules(t, c)
		at := ""
		if d, ok := c.diag.(diag.DiagnosticWithPath); ok {
			at = " on " + d.Path().String()
		}
		fmt.Fprintf(&text, "=== %s\n%s%s: %s\n\n%s\n\n", c.name, c.diag.Severity(), at, c.diag.Summary(), c.diag.Detail())
	}
	file := filepath.Join("testdata", t.Name()+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := text.String(); got != string(want) {
		t.Errorf("%s is no longer what the package says (go test -update writes it anew):\n%s", file, firstDifference(got, string(want)))
	}
}

// checkRules holds a diagnostic against what all texts have in common.
func checkRules(t *testing.T, c named) {
	t.Helper()
	if c.diag.Summary() == "" || c.diag.Detail() == "" {
		t.Errorf("%s: a text is missing", c.name)
	}
	if strings.HasSuffix(c.diag.Summary(), ".") || strings.Contains(c.diag.Summary(), "\n") {
		t.Errorf("%s: the summary %q is not one short line without a full stop", c.name, c.diag.Summary())
	}
	for _, text := range []string{c.diag.Summary(), c.diag.Detail()} {
		if strings.TrimSpace(text) != strings.TrimRight(text, "\n ") {
			t.Errorf("%s: %q begins with white space", c.name, text)
		}
		for _, wrong := range []string{"\n\n\n", "..", "  .", "%!", "<nil>", " \n"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s: %q holds %q", c.name, text, wrong)
			}
		}
		if strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %q ends in a newline", c.name, text)
		}
	}
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range gotLines {
		if i >= len(wantLines) || gotLines[i] != wantLines[i] {
			wanted := "the end"
			if i < len(wantLines) {
				wanted = wantLines[i]
			}

			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, gotLines[i], wanted)
		}
	}

	return fmt.Sprintf("it ends %d lines early", len(wantLines)-len(gotLines))
}
