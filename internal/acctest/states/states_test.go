package states_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// world is a simulator, and a login of the test's own.
type world interface {
	// provider is the provider's block of a configuration.
	provider() string
	// inventory names everything that a state can hold.
	inventory() map[string]string
	do(method, path string, body any, headers ...string) (http.Header, []byte)
	headers(path string) []string
	logOut()
	// hold lets no task end until release; forget makes all unknown.
	hold()
	release()
	forget()
	// settle waits until nothing changes by itself any more.
	settle()
	startHeld(workspace *realcli.Workspace, kind resourceKind) *realcli.Command
}

// resourceKind is one of the resources.
type resourceKind struct {
	resource     string
	start        func(t *testing.T) world
	method, wait string // the call that makes it, and the one that waits for that
	importID     string
}

func (k resourceKind) address() string { return k.resource + ".it" }

// stateCase is a state that is recorded.
type stateCase struct {
	kind    resourceKind
	variant string
}

// arguments is what the configuration is called.
func (c stateCase) arguments() string {
	if strings.HasSuffix(c.variant, everyArgument) {
		return everyArgument
	}

	return "plain"
}

func (c stateCase) imported() bool { return strings.HasPrefix(c.variant, "imported") }

const everyArgument = "every_argument"

// variants are the states of each resource: as an apply left it, as an import did, as an apply that was interrupted did, tainted, and with
// every argument set.
func variants() []string {
	return []string{"plain", "imported", "pending", "tainted", everyArgument, "imported_" + everyArgument}
}

func kinds() []resourceKind {
	vsphere := func(t *testing.T) world { t.Helper(); return newVSphere(t) }
	zstack := func(t *testing.T) world { t.Helper(); return newZStack(t) }
	const updates = "WaitForUpdatesEx"

	return []resourceKind{
		{"vmfork_vsphere_clone", vsphere, "POST /api/vcenter/vm?action=clone", "POST /api/cis/tasks?action=list", "{{vm web id}}"},
		{"vmfork_vsphere_instant_clone", vsphere, "InstantClone_Task", updates, "{{vm web id}}"},
		{
			"vmfork_vsphere_snapshot", vsphere, "CreateSnapshotEx_Task", updates,
			"{{vm DC0_C0_RP0_VM0 id}}/{{vm DC0_C0_RP0_VM0 snapshot}}",
		},
		{"vmfork_vsphere_ft_secondary", vsphere, "CreateSecondaryVMEx_Task", updates, "{{vm DC0_C0_RP0_VM0 id}}"},
		{"vmfork_zstack_clone", zstack, "CloneVmInstance", "", "{{vm-instances web uuid}}"},
		{"vmfork_zstack_snapshot", zstack, "CreateVolumeSnapshotGroup", "", "{{volume-snapshots/group before uuid}}"},
	}
}

// TestRecordedStates plans every recorded state against a simulator that has its objects, made without the provider: what is planned is
// what the provider planned that the state is of.
func TestRecordedStates(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		for _, variant := range variants() {
			t.Run(kind.resource+"/"+variant, func(t *testing.T) {
				t.Parallel()
				stateCase{kind, variant}.run(t)
			})
		}
	}
}

// run plans the state of the case.
func (c stateCase) run(t *testing.T) {
	t.Helper()
	fresh := *record && c.recordState(t)
	paths := c.files()
	recorded, state := readRecording(t, paths.recording), readFile(t, paths.state)
	w := c.kind.start(t)
	names := w.inventory()
	maps.Copy(names, chosen(state))
	config := fill(t, readFile(t, paths.config), names)
	names["began"] = time.Now().UTC().Format(time.RFC3339Nano)
	if c.variant == "pending" {
		w.hold()
	}
	setUp(t, w, paths.create, names, true)
	workspace := acctest.NewWorkspace(t, w.provider()+config)
	got := map[string]planned{}
	plan := func(when string) {
		now := w.inventory()
		now["began"] = names["began"]
		got[when] = c.plan(t, workspace, state, recorded.Objects, now)
	}
	if c.variant == "pending" {
		plan("the task runs")
		w.release()
	}
	w.settle()
	plan("the task has ended")
	if c.variant == "pending" {
		w.forget()
		plan("the task is forgotten")
	}
	if _, there := recorded.Objects["vcenter"]; there && c.variant == "plain" {
		c.refusedElsewhere(t, workspace, state, recorded.Objects, w.inventory())
	}
	w.logOut()
	if fresh {
		recorded.Plans = got
		writeRecording(t, paths.recording, recorded)
	}
	if c.kind.resource == "vmfork_zstack_clone" && c.variant == "pending" {
		// The recorded provider took the VM of that name for the job's. The name proves nothing (ADR 0022): the resource stays pending.
		recorded.Plans["the task is forgotten"] = recorded.Plans["the task runs"]
	}
	for when, want := range recorded.Plans {
		if !reflect.DeepEqual(got[when], want) {
			t.Errorf("%s: planned is %+v, want %+v", when, got[when], want)
		}
	}
}

// refusedElsewhere plans the state as if its ids were those of another vCenter, which the private data tells: an error.
func (c stateCase) refusedElsewhere(t *testing.T, workspace *realcli.Workspace, state string, recorded, now map[string]string) {
	t.Helper()
	now["vcenter"] = "00000000-1111-4222-8333-444444444444"
	c.substituted(t, workspace, state, recorded, now)
	acctest.MustRunCLI(t, workspace, 1, "plan")
}

// plan plans the state, with what the simulator has now in place of what it had when the state was recorded.
func (c stateCase) plan(t *testing.T, workspace *realcli.Workspace, state string, recorded, now map[string]string) planned {
	t.Helper()

	return planOf(t, workspace, c.kind.address(), c.substituted(t, workspace, state, recorded, now))
}

// substituted gives the workspace the state, with what the simulator has now in place of what is recorded, and returns it.
func (c stateCase) substituted(t *testing.T, workspace *realcli.Workspace, state string, recorded, now map[string]string) string {
	t.Helper()
	held := map[string]string{}
	for name, value := range recorded { // while a task is held, what it makes is not there
		if _, there := now[name]; there || c.variant != "pending" {
			held[name] = value
		}
	}
	replaced, err := replacement(held, now)
	if err != nil {
		t.Fatal(err)
	}
	state, err = replaceState(state, replaced)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(filepath.Base(workspace.CLI), "tofu") {
		state = strings.ReplaceAll(state, "registry.terraform.io", "registry.opentofu.org")
	}
	if err := workspace.Write("terraform.tfstate", state); err != nil {
		t.Fatal(err)
	}

	return state
}

// chosen names what the caller chooses and ZStack does not: the uuid of a job and of a snapshot group. They are the state's own.
func chosen(state string) map[string]string {
	names := map[string]string{"job": "5d2b9ce3a4f74e0c8a1f0b6d7c8e9f01", "group": "7a1c4b6de2f34a9b8c0d1e2f3a4b5c6d"}
	var decoded struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					ID      string `json:"id"`
					Pending string `json:"pending_job_uuid"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if json.Unmarshal([]byte(state), &decoded) != nil {
		return names
	}
	for _, resource := range decoded.Resources {
		for _, instance := range resource.Instances {
			if instance.Attributes.Pending != "" {
				names["job"] = instance.Attributes.Pending
			}
			if instance.Attributes.ID != "" {
				names["group"] = instance.Attributes.ID
			}
		}
	}

	return names
}

// setUp sends the requests of a file: those that prepare the simulator, and with create those that make the object.
func setUp(t *testing.T, w world, path string, names map[string]string, create bool) {
	t.Helper()
	var requests []json.RawMessage
	if err := json.Unmarshal([]byte(readFile(t, path)), &requests); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for i, text := range requests {
		if i > 0 { // what the request before made has a name then
			w.settle()
			maps.Copy(names, w.inventory())
		}
		var request struct {
			Prepares bool              `json:"prepares"`
			Method   string            `json:"method"`
			Path     string            `json:"path"`
			Headers  map[string]string `json:"headers"`
			Body     json.RawMessage   `json:"body"`
		}
		if create || strings.Contains(string(text), `"prepares": true`) {
			if err := json.Unmarshal([]byte(fill(t, string(text), names)), &request); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			headers := w.headers(request.Path)
			for name, value := range request.Headers {
				headers = append(headers, name, value)
			}
			w.do(request.Method, request.Path, request.Body, headers...)
		}
	}
}
