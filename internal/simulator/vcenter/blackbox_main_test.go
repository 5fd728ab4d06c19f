package vcenter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// buildFolder is where programs that tests run are built.
var buildFolder string

// TestMain gives the tests a folder of their own for temporary files, and fails when a server left a goroutine or a
// file behind.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "vmfork-simulator-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildFolder = filepath.Join(folder, "bin")
	temporary := filepath.Join(folder, "tmp")
	for _, path := range []string{buildFolder, temporary} {
		if err := os.Mkdir(path, 0o700); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Setenv("TMPDIR", temporary)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
			fmt.Fprintf(os.Stderr, "temporary files left behind: %v %v\n", left, err)
			code = max(code, 1)
		}
		if err := os.RemoveAll(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		os.Exit(code)
	}))
}
