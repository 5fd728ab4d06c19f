package zstacksnapshot

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

// faultCase is one error code at one call of a group's life.
type faultCase struct {
	phase  string // create, update, destroy or refresh
	method string
	code   string
	task   bool // in the call's job, not at the call
}

func (f faultCase) name() string {
	where := "call"
	if f.task {
		where = "job"
	}

	return fmt.Sprintf("%s: %s at the %s of %s", f.phase, f.code, where, f.method)
}

// faultCases are all documented codes that a call about snapshots can fail with.
func faultCases() []faultCase {
	codes := []string{
		"SYS.1000", "SYS.1001", "SYS.1003", "SYS.1006", "SYS.1007", "SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012",
		"ID.1001", "ID.1002", "ID.1003", "ID.1006", "VM.1010", "PS.1000", "UNHEARD.1000",
	}
	var cases []faultCase
	for _, code := range codes {
		for phase, method := range map[string]string{
			"create": "CreateVolumeSnapshotGroup", "update": "UpdateVolumeSnapshotGroup", "destroy": "DeleteVolumeSnapshotGroup",
		} {
			cases = append(cases, faultCase{phase, method, code, false}, faultCase{phase, method, code, true})
		}
		cases = append(cases, faultCase{"refresh", "QueryVolumeSnapshotGroup", code, false})
	}
	slices.SortFunc(cases, func(a, b faultCase) int { return strings.Compare(a.name(), b.name()) })

	return slices.DeleteFunc(cases, func(f faultCase) bool {
		// What is gone is fine; see TestDelete. A read of what is away or busy is repeated by the client until time is over.
		return f.code == "SYS.1003" && f.phase == "destroy" ||
			slices.Contains([]string{"SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012", "ID.1006"}, f.code) && f.phase == "refresh"
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
				c, server := simCore(t)
				for i, test := range cases {
					if test.phase == phase {
						texts[i] = play(c, server, test)
					}
				}
			})
		}
	})
	var all strings.Builder
	for i, test := range cases {
		fmt.Fprintf(&all, "=== %s\n%s\n", test.name(), texts[i])
	}
	compareGolden(t, all.String())
}

// simCore plays the CLI against the resource with the real client on a simulated ZStack.
func simCore(t *testing.T) (*playedcli.CLI, *zstacksim.Server) {
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

	return playedcli.New(t, serve(connection)), server
}

// play brings a group to the phase, injects the fault for ever, and returns what is said then. It leaves no group.
func play(c *playedcli.CLI, server *zstacksim.Server, test faultCase) string {
	t := c.T
	t.Helper()
	golden, _ := server.VM("golden")
	limit := "6s" // for what is asked again until time is over: a second, and what the last attempt needs
	if test.code == "VM.1010" || test.code == "SYS.1001" {
		limit = "1m" // these are asked again once
	}
	before := basic(config{"vm_uuid": golden.UUID, "timeouts": config{"create": limit, "update": limit, "delete": limit}})
	fault := zstacksim.Fault{
		Method: test.method, Code: test.code, Message: "what the platform says", Times: -1,
		Causes: []zstacksim.FaultCause{{Code: test.code, Message: "and why"}},
	}
	if test.task {
		fault.Where = zstacksim.FaultInTask
	}
	if test.phase != "create" {
		c.Apply(t.Context(), before).Clean(t)
	}
	server.Inject(fault)
	var said playedcli.Result
	switch test.phase {
	case "create":
		said = c.Apply(t.Context(), before)
	case "update":
		said = c.Apply(t.Context(), basic(before, config{"name": "renamed"}))
	case "destroy":
		said = c.Destroy(t.Context())
	case "refresh":
		said = c.Refresh()
	}
	server.ClearFaults()
	untold := test.phase == "create" && test.code == "SYS.1001" // ZStack itself does not know what became of it
	if untold {
		if c.Get("pending_job_uuid") == "<null>" || !c.Tainted {
			t.Errorf("%s: state %s, tainted %t", test.name(), c.State, c.Tainted)
		}
		server.PurgeJobs()
		c.Refresh()
		c.Tainted = false
	}
	dropped := test.phase == "create" || test.phase == "refresh" && test.code == "SYS.1003"
	if c.State.IsNull() != dropped || c.Tainted {
		t.Errorf("%s: state %s, tainted %t", test.name(), c.State, c.Tainted)
	}
	if !c.State.IsNull() {
		c.Is("before", "name")
		c.Refresh().Clean(t)
		c.Destroy(t.Context()).Clean(t)
	}
	for _, left := range server.SnapshotGroups() {
		if err := server.DeleteSnapshotGroup(left.UUID); err != nil || !dropped {
			t.Errorf("%s: left %+v, %v", test.name(), left, err)
		}
	}

	return normal(said.String())
}
