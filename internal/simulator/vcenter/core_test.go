package vcenter

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ literal, escaped string }{
		{"web", "web"},
		{"100%", "100%25"},
		{"team/web", "team%2fweb"},
		{`dom\web`, "dom%5cweb"},
		{"looks%2flike", "looks%252flike"},
		{"größe-🦊", "größe-🦊"},
	} {
		if got := escapeName(test.literal); got != test.escaped {
			t.Errorf("escapeName(%q) = %q, want %q", test.literal, got, test.escaped)
		}
		if got := literalName(test.escaped); got != test.literal {
			t.Errorf("literalName(%q) = %q, want %q", test.escaped, got, test.literal)
		}
		if got := canonicalName(strings.ToUpper(test.escaped)); got != escapeName(strings.ToUpper(test.literal)) {
			t.Errorf("canonicalName(%q) = %q", strings.ToUpper(test.escaped), got)
		}
		if p := checkVimName(test.escaped); p != nil {
			t.Errorf("checkVimName(%q): %v", test.escaped, p.messages)
		}
	}
	for _, name := range []string{"", "50%", "a/b", `a\b`, "%2", strings.Repeat("x", 81)} {
		if checkVimName(name) == nil {
			t.Errorf("checkVimName(%q) found nothing wrong", name)
		}
	}
	if p := checkVimName(strings.Repeat("%25", 80)); p != nil {
		t.Errorf("80 escaped characters: %v", p.messages)
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`a/b\c%d`, strings.Repeat("🦊", 80), "plain"} {
		got := fileName(name)
		if strings.ContainsAny(got, `/\%`) || len(got) > maxFileName || got == "" {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	}
}

// TestEveryErrorTypeHasAStatus keeps the list of the specification complete: 25 error types.
func TestEveryErrorTypeHasAStatus(t *testing.T) {
	t.Parallel()
	if len(statuses) != 25 {
		t.Errorf("%d error types, want 25", len(statuses))
	}
	for fault, errorType := range faultErrorTypes {
		if _, ok := newFault(fault); !ok {
			t.Errorf("%s is no vim25 fault", fault)
		}
		if statuses[errorType] == 0 {
			t.Errorf("%s: %s has no status", fault, errorType)
		}
	}
}

// TestMethodTable keeps the table in order: methods that exist, one way to answer each, responses that fit.
func TestMethodTable(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	entries := 0
	for _, table := range methodTables(stores) {
		entries += len(table)
	}
	if entries != len(stores.vim.methods) {
		t.Errorf("%d methods in all tables, %d in the merged one: two stores answer one method", entries, len(stores.vim.methods))
	}
	for key, entry := range stores.vim.methods {
		_, name, ok := strings.Cut(key, ".")
		if !ok {
			t.Fatalf("%s is not Type.Method", key)
		}
		if _, known := types.TypeFunc()(name); !known {
			t.Errorf("%s: vim25 has no method %s", key, name)
		}
		ways := 0
		for _, set := range []bool{entry.direct != nil, entry.unlocked != nil, entry.task != nil} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s has %d ways to answer", key, ways)
		}
		if (entry.task != nil) != (entry.response != nil) {
			t.Errorf("%s: a task needs a response, nothing else does", key)
		}
		if entry.response != nil && reflect.TypeOf(entry.response).Name() != name+"Response" {
			t.Errorf("%s answers %s", key, reflect.TypeOf(entry.response).Name())
		}
	}
}

func TestFaultStore_order(t *testing.T) {
	t.Parallel()
	faults := &faultStore{}
	faults.inject(Fault{Method: "A", Code: "InvalidName", Skip: 1})
	faults.inject(Fault{Method: "A", Code: "InvalidState", Times: 2})
	faults.inject(Fault{Method: "A", Code: "DuplicateName", Where: FaultInTask})
	faults.inject(Fault{Code: "TIMED_OUT", Times: -1})
	var got []string
	for range 5 {
		got = append(got, faults.Take("A", FaultAtCall).Code)
	}
	want := []string{"InvalidState", "InvalidName", "InvalidState", "TIMED_OUT", "TIMED_OUT"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if fault := faults.Take("A", FaultInTask); fault == nil || fault.Code != "DuplicateName" {
		t.Errorf("in the task: %v", fault)
	}
	if fault := faults.Take("A", FaultInTask); fault != nil {
		t.Errorf("in the task, again: %v", fault)
	}
	faults.Clear()
	if fault := faults.Take("A", FaultAtCall); fault != nil {
		t.Errorf("after Clear: %v", fault)
	}
}

func TestProblemKeepsTheChain(t *testing.T) {
	t.Parallel()
	p := (&Fault{Code: "InvalidState", Message: "first", Messages: []string{"second", "third"}}).problem()
	var got []string
	got = append(got, p.message())
	for cause := p.vimFault().GetMethodFault().FaultCause; cause != nil; cause = cause.Fault.GetMethodFault().FaultCause {
		got = append(got, cause.LocalizedMessage)
	}
	want := []string{"first", "second", "third"}
	if !slices.Equal(got, want) {
		t.Errorf("the fault says %v, want %v", got, want)
	}
	got = nil
	for _, message := range p.vapi().Messages {
		got = append(got, message.DefaultMessage)
	}
	if !slices.Equal(got, want) || p.vapi().ErrorType != errorNotAllowedInCurrentState {
		t.Errorf("the vAPI error says %s %v, want %v", p.vapi().ErrorType, got, want)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	users := &userStore{}
	users.grant("ci", "secret", []string{privilegeClone})
	for _, name := range []string{"ci", "ci@vsphere.local", `VSPHERE.LOCAL\ci`} {
		if !users.valid(name, "secret") || users.valid(name, "wrong") || users.valid(name, "") {
			t.Errorf("%s: wrong about the password", name)
		}
		if !users.has(name, privilegeClone) || !users.has(name, "System.Read") || users.has(name, privilegeDelete) {
			t.Errorf("%s: wrong about privileges", name)
		}
	}
	if users.valid("other", "secret") || users.has("ci@elsewhere", "System.Read") {
		t.Error("an unknown user is known")
	}
}

func TestSoapMethod(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`<s:Envelope xmlns:s="x"><s:Header><operationID>1</operationID></s:Header><s:Body><Login xmlns="urn:vim25"/></s:Body></s:Envelope>`: "Login",
		`<Envelope><Body><Rename_Task/></Body></Envelope>`: "Rename_Task",
		`<Envelope><Body/></Envelope>`:                     "malformed",
		`nonsense`:                                         "malformed",
	} {
		if got := soapMethod([]byte(body)); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}

func TestSnapshotCut(t *testing.T) {
	t.Parallel()
	node := func(id string, children ...types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		return types.VirtualMachineSnapshotTree{
			Snapshot: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id}, ChildSnapshotList: children,
		}
	}
	tree := []types.VirtualMachineSnapshotTree{node("a", node("b", node("c")), node("d"))}
	target := tree[0].ChildSnapshotList[0].Snapshot
	only := func(ref types.ManagedObjectReference) func(types.VirtualMachineSnapshotTree) bool {
		return func(node types.VirtualMachineSnapshotTree) bool { return node.Snapshot == ref }
	}

	alone := snapshotCut{removes: only(target)}
	if kept := alone.from(tree, nil); len(kept) != 1 || len(kept[0].ChildSnapshotList) != 2 || len(alone.gone) != 1 ||
		alone.heir[target].Value != "a" || kept[0].ChildSnapshotList[0].Snapshot.Value != "c" {
		t.Errorf("alone: kept %+v, cut %+v", kept, alone)
	}
	below := snapshotCut{removes: only(target), below: true}
	if kept := below.from(tree, nil); len(kept[0].ChildSnapshotList) != 1 || len(below.gone) != 2 ||
		kept[0].ChildSnapshotList[0].Snapshot.Value != "d" {
		t.Errorf("with children: kept %+v, cut %+v", kept, below)
	}
	root := snapshotCut{removes: only(tree[0].Snapshot)}
	if kept := root.from(tree, nil); len(kept) != 2 || root.heir[tree[0].Snapshot] != nil {
		t.Errorf("the root: kept %+v, cut %+v", kept, root)
	}
	all := snapshotCut{removes: func(types.VirtualMachineSnapshotTree) bool { return true }}
	if kept := all.from(tree, nil); kept != nil || len(all.gone) != 4 || all.heir[target] != nil {
		t.Errorf("all: kept %+v, cut %+v", kept, all)
	}
	if len(tree[0].ChildSnapshotList) != 2 || len(flatten(tree)) != 4 {
		t.Errorf("the old tree changed: %+v", tree)
	}
}
