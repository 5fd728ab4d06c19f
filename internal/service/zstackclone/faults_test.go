package zstackclone

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// faultCase is one error code at one call of a clone's life.
type faultCase struct {
	phase  string // create, update, destroy or refresh
	method string
	code   string
	where  zstacksim.FaultWhere
}

func (f faultCase) name() string {
	where := "call"
	if f.where == zstacksim.FaultInEntry {
		where = "entry"
	}

	return fmt.Sprintf("%s: %s at the %s of %s", f.phase, f.code, where, f.method)
}

// repeats reports whether what fails with the code is asked again until time is over.
func (f faultCase) repeats() bool {
	return slices.Contains([]string{"SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012", "ID.1006"}, f.code)
}

// faultCases are all documented codes at the one call of each phase that is its own, and some at every other call.
func faultCases() []faultCase {
	all := []string{
		"SYS.1000", "SYS.1001", "SYS.1003", "SYS.1006", "SYS.1007", "SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012",
		"ID.1000", "ID.1001", "ID.1002", "ID.1003", "ID.1006", "VM.1000", "VM.1001", "VM.1002", "VM.1003", "VM.1004", "VM.1005", "VM.1010",
		"HOST_ALLOCATION.1000", "PS.1000", "L3.1000", "UNHEARD.1000",
	}
	some := []string{"SYS.1001", "SYS.1006", "ID.1002", "VM.1010", "HOST_ALLOCATION.1000"}
	var cases []faultCase
	add := func(codes []string, phase string, where zstacksim.FaultWhere, methods ...string) {
		for _, method := range methods {
			for _, code := range codes {
				cases = append(cases, faultCase{phase, method, code, where})
			}
		}
	}
	add(all, "create", zstacksim.FaultAtCall, "CloneVmInstance")
	add(slices.Concat(some, []string{"VM.1000", "PS.1000", "L3.1000"}), "create", zstacksim.FaultInEntry, "CloneVmInstance")
	add(some, "create", zstacksim.FaultAtCall, "UpdateVmInstance")
	add(all, "update", zstacksim.FaultAtCall, "UpdateVmInstance")
	add(some, "update", zstacksim.FaultAtCall, "StopVmInstance", "CreateSystemTag", "CreateUserTag")
	add(some, "destroy", zstacksim.FaultAtCall, "StopVmInstance")
	add(all, "destroy", zstacksim.FaultAtCall, "DestroyVmInstance")
	add(some, "destroy", zstacksim.FaultAtCall, "DeleteDataVolume", "ExpungeVmInstance", "ExpungeDataVolume")
	add(all, "refresh", zstacksim.FaultAtCall, "QueryVmInstance")

	return slices.DeleteFunc(cases, func(f faultCase) bool {
		// What is gone is fine; see TestDelete. A read of what is away or busy is repeated by the client until time is over.
		return f.code == "SYS.1003" && f.phase == "destroy" || f.phase == "refresh" && f.repeats()
	})
}

// TestFaults has each code at each call, and compares what the CLI shows then. The cases of one phase share a management node
// and come one after another.
func TestFaults(t *testing.T) {
	t.Parallel()
	cases := faultCases()
	texts := make([]string, len(cases))
	t.Run("all", func(t *testing.T) {
		for _, phase := range []string{"create", "update", "destroy", "refresh"} {
			t.Run(phase, func(t *testing.T) {
				t.Parallel()
				p := newPlay(t)
				for i, test := range cases {
					if test.phase == phase {
						texts[i] = p.run(test)
					}
				}
				p.clear()
			})
		}
	})
	var all strings.Builder
	for i, test := range cases {
		fmt.Fprintf(&all, "=== %s\n%s\n", test.name(), texts[i])
	}
	compareGolden(t, all.String())
}

// play is the CLI with the real client on a simulated ZStack.
type play struct {
	*playedcli.CLI

	server *zstacksim.Server
	golden zstacksim.VM
}

func newPlay(t *testing.T) play {
	t.Helper()
	server, err := zstacksim.Start(zstacksim.Options{VMs: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	connection, err := zstack.New(zstack.Config{
		Endpoint: server.URL(), AccountName: server.AccountName(), Password: server.Password(), CACertificate: server.CACertificate(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	golden, _ := server.VM("golden")

	return play{playedcli.New(t, serve(connection)), server, golden}
}

// before is the configuration of the clone that a case meets.
func (p play) before(test faultCase) config {
	limits := config{}
	if test.repeats() {
		limits = config{"create": "6s", "update": "6s", "delete": "6s"} // a second, and what the last attempt needs
	}
	before := config{
		"source_vm_uuid": p.golden.UUID, "name": "web", "full": true, "expunge_on_destroy": true, "timeouts": limits, "user_tags": set("a"),
	}
	if test.phase == "create" && test.method == "UpdateVmInstance" {
		before["description"] = "d"
	}

	return before
}

// after is what the update of a case changes.
func (p play) after(test faultCase) config {
	after := p.before(test)
	switch test.method {
	case "StopVmInstance":
		after["power_on"] = false
	case "CreateSystemTag":
		after["system_tags"] = set("ha::NeverStop")
	case "CreateUserTag":
		after["user_tags"] = set("a", "b")
	default:
		after["name"] = "db"
	}

	return after
}

// run brings a clone to the phase, injects the fault for ever, and returns what is said then. A clone that is there already,
// from the case before, will do, unless it has to be destroyed in a hurry.
func (p play) run(test faultCase) string {
	t := p.T
	t.Helper()
	creates := test.phase == "create"
	if creates || test.phase == "destroy" && test.repeats() {
		p.clear()
	}
	if !creates && p.State.IsNull() {
		p.Apply(t.Context(), p.before(test)).Clean(t)
	}
	p.server.Inject(zstacksim.Fault{
		Method: test.method, Code: test.code, Message: "what the platform says", Times: -1, Where: test.where,
		Causes: []zstacksim.FaultCause{{Code: test.code, Message: "and why"}},
	})
	var said playedcli.Result
	switch test.phase {
	case "create":
		said = p.Apply(t.Context(), p.before(test))
	case "update":
		said = p.Apply(t.Context(), p.after(test))
	case "destroy":
		said = p.Destroy(t.Context())
	case "refresh":
		said = p.Refresh()
	}
	p.server.ClearFaults()

	if creates && test.method == "CloneVmInstance" && test.code == "SYS.1001" { // ZStack itself does not know what became of it
		if p.Get("pending_job_uuid") == none || !p.Tainted {
			t.Errorf("%s: state %s, tainted %t", test.name(), p.State, p.Tainted)
		}
		p.server.PurgeJobs()
		p.Destroy(t.Context()).Warned(t, "was not there to destroy")
		p.Tainted = false
	}
	dropped := creates && test.method == "CloneVmInstance" // a VM that is said to be gone stays, since its volume is not
	if p.State.IsNull() != dropped || p.Tainted != (creates && !dropped) || !dropped && p.Get("name") != "web" {
		t.Errorf("%s: state %s, tainted %t", test.name(), p.State, p.Tainted)
	}
	for _, left := range p.server.VMs() {
		if left.Name != "web" || !p.State.IsNull() {
			continue
		}
		if err := p.server.RemoveVM(left.UUID); err != nil {
			t.Error(err)
		}
		t.Errorf("%s: left %+v", test.name(), left)
	}

	return normal(said.String())
}

// clear destroys the clone of the case before.
func (p play) clear() {
	if !p.State.IsNull() {
		p.Refresh().Clean(p.T)
		p.Destroy(p.T.Context()).Clean(p.T)
	}
}
