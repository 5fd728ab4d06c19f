package zstackclone

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What differs from run to run.
var (
	anyUUID     = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	anyDuration = regexp.MustCompile(`\b(\d+(\.\d+)?m)?\d+(\.\d+)?s\b`)
	anyEndpoint = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

func normal(text string) string {
	text = anyUUID.ReplaceAllString(text, "UUID")
	text = anyEndpoint.ReplaceAllString(text, "ENDPOINT")

	return anyDuration.ReplaceAllString(text, "TIME")
}

// compareGolden compares a text with testdata/<name of the test>.golden.
func compareGolden(t *testing.T, got string) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(t.Name())+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, lines := strings.Split(string(encoded), "\n"), strings.Split(got, "\n")
	for i, line := range lines {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s is no longer what is said (go test -update writes it anew), from line %d on:\n%s", file, i+1,
				strings.Join(lines[i:min(i+5, len(lines))], "\n"))
		}
	}
	if len(want) > len(lines) {
		t.Fatalf("%s says more, from line %d on", file, len(lines)+1)
	}
}
