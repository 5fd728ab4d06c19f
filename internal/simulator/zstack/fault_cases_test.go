package zstack_test

import (
	"net/http"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// faultCase provokes one error of one method. The table of all is doc_faults.md.
type faultCase struct {
	method    string
	code      string
	cause     string // the code of the deepest cause; empty for an error without one
	condition string
	arrange   func(b *bench) string // returns the uuid that act works on
	act       func(b *bench, uuid string) reply
	entry     bool // the call succeeds, and its first entry has the error
}

// missing is a uuid that no object has.
const missing = "00000000000040008000000000000000"

func gone(*bench) string          { return missing }
func golden(b *bench) string      { return b.id("vm", "golden") }
func stoppedVM(b *bench) string   { return b.id("vm", "golden-stopped") }
func unreachable(b *bench) string { return b.unreachable("golden") }

// unreachable disconnects the host of a VM.
func (b *bench) unreachable(name string) string {
	vm := b.vm(name)
	must(b.t, b.server.ChangeObject(vm.HostUUID, nil, nil, new("Disconnected")))

	return vm.UUID
}

// busy holds a job that works on golden.
func busy(b *bench) string {
	uuid := golden(b)
	b.server.HoldJobs("RebootVmInstance")
	b.start(http.MethodPut, clonePath(uuid), object{"rebootVmInstance": object{}})

	return uuid
}

// inState sets the state of golden.
func inState(state string) func(*bench) string {
	return func(b *bench) string {
		uuid := golden(b)
		must(b.t, b.server.ChangeVM(uuid, zstacksim.Change{State: &state}))

		return uuid
	}
}

// does is an action with parameters.
func does(key string, params object) func(*bench, string) reply {
	return func(b *bench, uuid string) reply { return b.act(uuid, key, params) }
}

// clones is a clone call with parameters, with a name unless they have names.
func clones(params object, more ...object) func(*bench, string) reply {
	return func(b *bench, uuid string) reply {
		if _, named := params["names"]; !named {
			params["names"] = []string{"clone"}
		}

		return b.job(http.MethodPut, clonePath(uuid), cloneBody(params, more...))
	}
}

// full takes all room of a resource before a case acts on golden.
func full(fill func(b *bench)) func(*bench) string {
	return func(b *bench) string {
		fill(b)

		return golden(b)
	}
}

func fullHosts(b *bench) {
	for _, name := range []string{"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"} {
		must(b.t, b.server.SetHostCapacity(b.id("host", name), 1, 1<<60))
	}
	for _, vm := range b.server.VMs() {
		if vm.HostUUID != "" && vm.Name != "golden" {
			b.t.Fatalf("%s runs too", vm.Name)
		}
	}
	for _, name := range []string{"host-2", "host-3", "host-4", "host-5", "host-6"} {
		must(b.t, b.server.SetHostCapacity(b.id("host", name), 256, 1))
	}
}

func fullStorages(b *bench) {
	for _, name := range []string{"storage-1", "storage-2", "storage-3"} {
		must(b.t, b.server.SetStorageCapacity(b.id("primary_storage", name), 1))
	}
}

func fullNetwork(b *bench) { must(b.t, b.server.SetAddressCapacity(b.id("l3_network", "net-1"), 1)) }

func long(length int) string { return strings.Repeat("ö", length) }

// TestFaults provokes every error of the table, and asserts that a failed call leaves the inventory unchanged.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range allFaults() {
		t.Run(test.method+"/"+test.code+"/"+test.condition, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{})
			uuid := test.arrange(b)
			before := b.inventory()
			got := test.act(b, uuid)
			var found failure
			if test.entry {
				var body struct{ Result cloned }
				got.wantStatus(t, http.StatusOK).decode(t, &body)
				found = *body.Result.Inventories[0].Error
			} else {
				found = got.wantError(t, test.code)
			}
			if found.Code != test.code || found.Description == "" || found.Details == "" {
				t.Errorf("%+v", found)
			}
			deepest := ""
			for cause := found.Cause; cause != nil; cause = cause.Cause {
				deepest = cause.Code
			}
			if deepest != test.cause {
				t.Errorf("the deepest cause is %q, want %q", deepest, test.cause)
			}
			if after := b.inventory(); after != before {
				t.Errorf("the inventory was\n%s\nand is\n%s", before, after)
			}
		})
	}
}
