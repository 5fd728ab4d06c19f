package states_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

var record = flag.Bool("record", false, "record the states that testdata does not have yet; a state that is there is never recorded again")

// recording is what stands beside a state.
type recording struct {
	// CLI is the version of the CLI that wrote the state.
	CLI string `json:"cli"`
	// Objects names the values of the state that differ in every simulator, as inventory does.
	Objects map[string]string `json:"objects"`
	// Plans is what the provider that the state is of planned, by the circumstances.
	Plans map[string]planned `json:"plans"`
}

// files are the paths of a case.
type files struct{ config, create, state, recording string }

func (c stateCase) files() files {
	folder := filepath.Join("testdata", c.kind.resource)

	return files{
		config: filepath.Join(folder, c.arguments()+".tf"), create: filepath.Join(folder, c.arguments()+".create.json"),
		state: filepath.Join(folder, c.variant+".tfstate"), recording: filepath.Join(folder, c.variant+".json"),
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	return string(content)
}

func readRecording(t *testing.T, path string) recording {
	t.Helper()
	var read recording
	if err := json.Unmarshal([]byte(readFile(t, path)), &read); err != nil {
		t.Fatalf("%s: %v", path, err)
	}

	return read
}

func writeRecording(t *testing.T, path string, content recording) {
	t.Helper()
	encoded, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(encoded, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// recordState has the provider write the state of a case and stores it. It reports false when there is one.
func (c stateCase) recordState(t *testing.T) bool {
	t.Helper()
	paths := c.files()
	if _, err := os.Stat(paths.state); !errors.Is(err, os.ErrNotExist) {
		return false
	}
	w := c.kind.start(t)
	names := w.inventory()
	maps.Copy(names, chosen(""))
	config := fill(t, readFile(t, paths.config), names)
	workspace := acctest.NewWorkspace(t, w.provider()+config)
	setUp(t, w, paths.create, names, c.imported())
	w.settle()
	switch c.variant {
	case "pending":
		c.interrupt(t, w, workspace)
	case "imported", "imported_every_argument":
		names = w.inventory()
		acctest.MustRunCLI(t, workspace, 0, "import", "-no-color", c.kind.address(), fill(t, c.kind.importID, names))
	default:
		acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
		w.settle()
		acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh-only", "-auto-approve")
	}
	if c.variant == "tainted" {
		acctest.MustRunCLI(t, workspace, 0, "taint", c.kind.address())
	}
	state := readFile(t, filepath.Join(workspace.Dir, "terraform.tfstate"))
	names = w.inventory()
	w.logOut()
	if noted, ok := privateOf(t, state)["pending"].(map[string]any); ok && noted["began"] != nil {
		names["began"], _ = noted["began"].(string)
	}
	version, _, _ := strings.Cut(acctest.MustRunCLI(t, workspace, 0, "version").Output, "\n")
	if err := os.WriteFile(paths.state, []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	writeRecording(t, paths.recording, recording{CLI: version, Objects: occurring(t, state, names), Plans: map[string]planned{}})

	return true
}

// interrupt leaves a state that is pending.
func (c stateCase) interrupt(t *testing.T, w world, workspace *realcli.Workspace) {
	t.Helper()
	apply := w.startHeld(workspace, c.kind)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	w.release()
	w.settle()
}

// occurring returns one name for each value that is in the state or in the private data and may differ elsewhere: it has a digit.
func occurring(t *testing.T, state string, names map[string]string) map[string]string {
	t.Helper()
	values := map[string]bool{}
	add := func(text string) string {
		var value string
		if err := json.Unmarshal([]byte(text), &value); err == nil {
			values[value] = strings.ContainsAny(value, "0123456789")
		}

		return text
	}
	jsonText.ReplaceAllStringFunc(state, add)
	for _, value := range privateOf(t, state) {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		jsonText.ReplaceAllStringFunc(string(encoded), add)
	}
	best := map[string]string{} // by value
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	}) {
		if value := names[name]; values[value] && best[value] == "" {
			best[value] = name
		}
	}
	found := map[string]string{}
	for value, name := range best {
		found[name] = value
	}

	return found
}

// rank orders the names of one value: an inventory path says most, then what something itself is called by.
func rank(name string) int {
	switch {
	case strings.HasPrefix(name, "/"):
		return 0
	case strings.HasSuffix(name, " id"), strings.HasSuffix(name, " uuid"):
		return 1
	default:
		return 2
	}
}
