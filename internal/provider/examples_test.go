package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccExamples plans every configuration that the documentation shows, on the embedded vCenter whose inventory the
// examples are written for. A resource's example is applied and destroyed too.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	const folder = "../../examples"
	planned := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch entry.Name() {
		case "provider.tf", "resource.tf", "data-source.tf":
			planned++
			name, _ := filepath.Rel(folder, path)
			t.Run(name, func(t *testing.T) { t.Parallel(); tryExample(t, path) })
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if planned < 4 {
		t.Fatalf("found %d examples: the walk does not reach them", planned)
	}
}

// TestAccReadme applies the first example of the README, as a newcomer would.
func TestAccReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```terraform\n")
	example, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no Terraform example")
	}
	path := filepath.Join(t.TempDir(), "resource.tf")
	if err := os.WriteFile(path, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	tryExample(t, path)
}

func tryExample(t *testing.T, path string) {
	t.Helper()
	server := acctest.VSphere(t)
	example, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config := string(example)
	// The workspace brings the block that names the provider.
	if strings.Contains(config, "terraform {") {
		_, rest, _ := strings.Cut(config, "\n}\n")
		config = rest
	}
	workspace := acctest.NewWorkspace(t, config,
		"VSPHERE_SERVER="+server.Endpoint(), "VSPHERE_USER="+server.Username(), "VSPHERE_PASSWORD="+server.Password(),
		"VSPHERE_ALLOW_UNVERIFIED_SSL=true", "TF_VAR_vsphere_password="+server.Password())

	commands := [][]string{{"validate"}, {"plan"}}
	if filepath.Base(path) == "resource.tf" {
		commands = append(commands, []string{"apply", "-auto-approve"}, []string{"plan", "-detailed-exitcode"},
			[]string{"destroy", "-auto-approve"})
	}
	for _, command := range commands {
		if result := acctest.RunCLI(t, workspace, command...); result.ExitCode != 0 {
			t.Fatalf("%v ended with exit code %d:\n%s", command, result.ExitCode, result.Output)
		}
	}
}
