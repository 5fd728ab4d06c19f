package vsphereclone

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestPendingReplaceFails has a tainted pending clone be replaced, and the destroy fail: the CLI drops what was stored beside the state.
// What became of the clone is found out all the same by its task, and where vCenter has forgotten that by what has its name: nothing
// there proves that there is no clone; of a VM nothing can tell.
func TestPendingReplaceFails(t *testing.T) {
	t.Parallel()
	forgets := func(f *fakevsphere.VCenter) { delete(f.Tasks, "task-101") }
	for name, test := range map[string]struct {
		then      func(f *fakevsphere.VCenter)
		refreshed func(t *testing.T, said playedcli.Result)
		id        string
		gone      bool
		replaced  string // the error of the next apply, empty where there is none
	}{
		"made": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release() },
			func(t *testing.T, said playedcli.Result) { t.Helper(); said.Clean(t) }, "vm-102", false, "",
		},
		"not made": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.Fails) },
			func(t *testing.T, said playedcli.Result) { t.Helper(); said.WarnedTitle(t, "was not created") }, "<null>", true, "",
		},
		"forgotten, not made": {
			forgets, func(t *testing.T, said playedcli.Result) { t.Helper(); said.WarnedTitle(t, "was not created") }, "<null>", true, "",
		},
		"forgotten, made": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release(); forgets(f) },
			func(t *testing.T, said playedcli.Result) {
				t.Helper()
				said.WarnedTitle(t, "It is not known whether")
				if want := "vm-102 has the name"; !strings.Contains(said.Warnings[0].Detail, want) {
					t.Errorf("not %q: %s", want, said.Warnings[0].Detail)
				}
			}, "<null>", false, "nothing proves whose it is",
		},
		"forgotten, and a clone runs": {
			func(f *fakevsphere.VCenter) {
				forgets(f)
				f.Finding = func() vsphere.CloneFinding { return vsphere.CloneFinding{TaskIDs: []string{"task-7"}} }
			},
			func(t *testing.T, said playedcli.Result) { t.Helper(); said.WarnedTitle(t, "still being created") }, "<null>", false, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Goes = fakevsphere.IgnoresCancel
				c := newCore(t, fake)
				short := basic(config{"timeouts": config{"create": "1m", "delete": "1m"}})
				c.Apply(t.Context(), short).FailedTitle(t, "may still come to be")
				c.Serve(on(fake))
				c.Apply(t.Context(), short).FailedTitle(t, "nobody knows yet whether it exists")
				c.Is("task-101", "pending_task_id")
				c.Serve(on(fake))
				test.then(fake)
				test.refreshed(t, c.Refresh())
				c.Is(test.id, "id")
				if c.State.IsNull() != test.gone {
					t.Fatal(c.State)
				}
				if fake.Finding != nil {
					return
				}
				fake.Goes = fakevsphere.Succeeds
				applied := c.Apply(t.Context(), short)
				if test.replaced != "" {
					applied.FailedTitle(t, test.replaced)

					return
				}
				applied.Clean(t)
				c.Settled(short)
			})
		})
	}
}
