package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccExamples plans every configuration that the documentation shows, on the embedded platform whose inventory the
// examples are written for. A resource's examples are applied and destroyed too; the imports are left out: what
// they import is the reader's. So is the folder fleet, which TestAccFleet applies.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	const folder = "../../examples"
	planned := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if filepath.Ext(path) == ".tf" && !strings.HasPrefix(entry.Name(), "import") && !strings.Contains(path, "fleet") {
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

// TestAccReadme applies the README's complete examples, as a new user would.
func TestAccReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, block := range strings.Split(string(readme), "```terraform\n")[1:] {
		example, _, closed := strings.Cut(block, "```")
		if !closed {
			t.Fatal("an example of the README has no end")
		}
		if !strings.Contains(example, "required_providers") {
			continue
		}
		tried++
		path := filepath.Join(t.TempDir(), "resource.tf")
		if err := os.WriteFile(path, []byte(example), 0o600); err != nil {
			t.Fatal(err)
		}
		tryExample(t, path)
	}
	if want := 2; tried != want {
		t.Errorf("the README has %d examples that stand on their own, want %d", tried, want)
	}
}

func tryExample(t *testing.T, path string) {
	t.Helper()
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
	workspace := acctest.NewWorkspace(t, config, platformOf(t, config)...)

	commands := [][]string{{"validate"}, {"plan"}}
	if strings.Contains(config, "\nresource ") {
		commands = append(commands, []string{"apply", "-auto-approve"}, []string{"plan", "-detailed-exitcode"},
			[]string{"destroy", "-auto-approve"})
	}
	for _, command := range commands {
		if result := acctest.RunCLI(t, workspace, command...); result.ExitCode != 0 {
			t.Fatalf("%v ended with exit code %d:\n%s", command, result.ExitCode, result.Output)
		}
	}
}

// platformOf starts the platform that a configuration is for, and returns the environment that leads to it. A configuration
// without resources, which connects to nothing, gets no more than the values of its variables.
func platformOf(t *testing.T, config string) []string {
	t.Helper()
	switch {
	case strings.Contains(config, `"vmfork_vsphere_`):
		server := acctest.VSphere(t)

		return []string{
			"VSPHERE_SERVER=" + server.Endpoint(), "VSPHERE_USER=" + server.Username(), "VSPHERE_PASSWORD=" + server.Password(),
			"VSPHERE_ALLOW_UNVERIFIED_SSL=true",
		}
	case strings.Contains(config, `"vmfork_zstack_`):
		server := acctest.ZStack(t, zstacksim.Options{InsecureHTTP: true})

		return []string{
			"ZSTACK_HOST=" + server.URL(), "ZSTACK_ACCOUNT_NAME=" + server.AccountName(), "ZSTACK_ACCOUNT_PASSWORD=" + server.Password(),
		}
	default:
		return []string{"TF_VAR_vsphere_password=secret", "TF_VAR_zstack_password=secret"}
	}
}
