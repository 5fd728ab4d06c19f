package wording

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
)

// root is the checkout.
const root = "../../.."

// allowed lists the lines, by file, in which a word of the list is right: it means a person. A line stands here as a finding prints it.
var allowed = map[string][]string{}

// TestWords checks all comments and pages of the checkout, with a subtest for each folder.
func TestWords(t *testing.T) {
	t.Parallel()
	for folder, files := range texts(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			for _, file := range files {
				for _, found := range findings(t, file) {
					if !slices.Contains(allowed[file], found.text) {
						t.Errorf("%s:%s", file, found)
					}
				}
			}
		})
	}
}

// TestAllowed fails where a line is allowed that is not there any more.
func TestAllowed(t *testing.T) {
	t.Parallel()
	for file, lines := range allowed {
		found := findings(t, file)
		for _, line := range lines {
			if !slices.ContainsFunc(found, func(f finding) bool { return f.text == line }) {
				t.Errorf("%s has no such line: %s", file, line)
			}
		}
	}
}

func findings(t *testing.T, file string) []finding {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}

	return check(file, content)
}

// texts returns the files of the checkout that are checked, by folder.
func texts(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", ".terraform", "bin", "dist"}, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && isText(file):
			files[path.Dir(file)] = append(files[path.Dir(file)], file)
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return files
}

func isText(file string) bool {
	switch path.Ext(file) {
	case ".go", ".md", ".tmpl", ".tf", ".hcl", ".sh", ".yml":
		return true
	default:
		return file == "GNUmakefile" || file == ".ci/run"
	}
}
