package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromises compares the page of promises with the tests: each test that it names exists, and each promise names one.
func TestPromises(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "templates", "guides", "what-this-provider-promises.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir(filepath.Join(root, "internal"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range declared.FindAllSubmatch(source, -1) {
			tests[string(match[1])] = true
		}

		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	promises := 0
	for line := range strings.Lines(string(page)) {
		proofs := named.FindAllStringSubmatch(line, -1)
		for _, proof := range proofs {
			if !tests[proof[1]] {
				t.Errorf("there is no %s", proof[1])
			}
		}
		if strings.HasPrefix(line, "| **") {
			promises++
			if len(proofs) == 0 {
				t.Errorf("a promise without a proof: %s", line)
			}
		}
	}
	if promises < 15 {
		t.Errorf("%d promises were found", promises)
	}
}
