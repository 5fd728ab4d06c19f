package chaos

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	var table Table
	both := []string{"clone", "snapshot"}
	table.Add(Report{Types: both, Strikes: []Struck{{Fault: "dropped", Met: true}, {Fault: "killed"}}})
	table.Add(Report{
		Types: both[:1], Strikes: []Struck{{Fault: "dropped", Met: true}, {Fault: "dropped", Met: true}},
		Violations: []Violation{{Invariant: 1}, {Invariant: 3}},
	})
	table.Add(Report{Types: both[1:], Strikes: []Struck{{Fault: "killed"}}})

	var printed strings.Builder
	if err := table.Print(&printed); err != nil {
		t.Fatal(err)
	}
	const want = "survived/runs  clone  snapshot  \ndropped        1/2    1/1       \nnone           -      1/1       \n\n3 seeds, 2 violations\n"
	if printed.String() != want || table.Violations() != 2 {
		t.Errorf("printed\n%swant\n%s", printed.String(), want)
	}
}

func TestReadState(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if none, err := readState(dir); err != nil || len(none) != 0 {
		t.Errorf("without a file: %v, %v", none, err)
	}
	const content = `{"resources":[
		{"mode":"data","type":"d","name":"x","instances":[{"attributes":{"id":"vm-0"}}]},
		{"mode":"managed","type":"a","name":"b","instances":[{"attributes":{"id":"vm-1"}},{"status":"tainted","attributes":{"id":null,"pending_task_id":"task-1"}}]},
		{"mode":"managed","type":"a","name":"many","instances":[
			{"index_key":"x","attributes":{"id":"vm-2","state":"Destroyed","data_volume_uuids":["v-1"]}},{"index_key":"y","attributes":{"pending_job_uuid":"j"}}]}
	]}`
	if err := os.WriteFile(filepath.Join(dir, stateFile), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readState(dir)
	want := []held{
		{address: "a.b", id: "vm-1"},
		{address: "a.b", pending: "task-1", tainted: true},
		{address: `a.many["x"]`, id: "vm-2", parts: []string{"v-1"}, ending: true},
		{address: `a.many["y"]`, pending: "j"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// The import blocks of diagnostics are found in the frame that the CLI prints around them, with colours and without.
func TestAdoptionBlock(t *testing.T) {
	t.Parallel()
	const output = "│   import {\n│     to = vmfork_vsphere_clone.<NAME>\n│     id = \"vm-57\"\n│   }\n\n" +
		"  import {\n    to = vmfork_vsphere_snapshot.<NAME>\n    id = \"vm-1/snapshot-2\"\n  }\n"
	blocks := adoptionBlock.FindAllStringSubmatch(output, -1)
	if len(blocks) != 2 || blocks[0][1] != "vmfork_vsphere_clone" || blocks[0][2] != `"vm-57"` || blocks[1][2] != `"vm-1/snapshot-2"` {
		t.Errorf("found %q", blocks)
	}
	if !names(output, Object{ID: "snapshot-2", ImportID: "vm-1/snapshot-2"}) || names(output, Object{ID: "vm-5", ImportID: "vm-5"}) {
		t.Error("an object is named by its own import id alone")
	}
}

// A part counts as reported once a diagnostic has named it; a plan that names it does not count.
func TestHeard(t *testing.T) {
	t.Parallel()
	r := &run{told: map[string]bool{}}
	part := Object{ID: "7d927a962fc44c6eb59b217b12bc1937", Of: "531af074aad74a54b9232f73b6abc48f"}
	const plan = "      ~ data_volume_uuids    = [\n          - \"7d927a962fc44c6eb59b217b12bc1937\",\n        ] -> null\n"
	const diagnostic = "Warning: VM \"web\" is gone, but maybe not its data volumes\n\n  with vmfork_zstack_clone.web,\n\n" +
		"a destroyed machine; delete those that nobody needs:\n7d927a962fc44c6eb59b217b12bc1937.\n"
	for _, output := range []struct {
		text string
		want bool
	}{{plan, false}, {plan + diagnostic, true}, {"", true}} {
		if got := r.reported(output.text, part); got != output.want {
			t.Errorf("after %q: %t, want %t", output.text, got, output.want)
		}
	}
}

// What is pending, and said not to be found, may stay in state after a refresh; anything else that does not exist may not.
func TestLingers(t *testing.T) {
	t.Parallel()
	web := Resource{Type: "vmfork_zstack_clone", Label: "clone_1", Object: "web"}
	r := &run{plan: Plan{Before: []Resource{web}}}
	const diagnostic = "Warning: VM \"web\" was not created by the earlier apply, as far as ZStack can tell\n"
	for _, test := range []struct {
		instance held
		output   string
		want     bool
	}{
		{held{address: web.Address(), pending: "job"}, diagnostic, true},
		{held{address: web.Address(), pending: "job"}, "", false},
		{held{address: web.Address(), pending: "job", id: "531af074aad74a54b9232f73b6abc48f"}, diagnostic, false},
		{held{address: web.Address()}, diagnostic, false},
		{held{address: web.Address() + "_2", pending: "job"}, diagnostic, false},
	} {
		if got := r.lingers(test.instance, test.output); got != test.want {
			t.Errorf("%+v after %q: %t, want %t", test.instance, test.output, got, test.want)
		}
	}
}

// A renamed machine counts as reported once a diagnostic says that its old name is gone; a machine with its own name does not.
func TestHeardOfRenamed(t *testing.T) {
	t.Parallel()
	r := &run{told: map[string]bool{}}
	const diagnostic = "Warning: VM \"web\" was not created by the earlier apply, as far as ZStack can tell\n"
	const id = "531af074aad74a54b9232f73b6abc48f"
	for _, output := range []struct {
		text   string
		object Object
		want   bool
	}{
		{diagnostic, Object{ID: id, Name: "web"}, false},
		{diagnostic, Object{ID: id, Name: "db", Renamed: true}, false},
		{"", Object{ID: id, Name: "web", Renamed: true}, false},
		{diagnostic, Object{ID: id, Name: "web", Renamed: true}, true},
		{"", Object{ID: id, Name: "web", Renamed: true}, true},
	} {
		if got := r.reported(output.text, output.object); got != output.want {
			t.Errorf("%+v after %q: %t, want %t", output.object, output.text, got, output.want)
		}
	}
}
