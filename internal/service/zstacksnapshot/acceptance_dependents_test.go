package zstacksnapshot_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// removesChildren lets a destroy delete newer snapshots.
const removesChildren = "remove_children_on_destroy = true"

// TestAccZStackSnapshot_newerOfOthers destroys a group after another user took one: that is an error which names it, and nothing is deleted,
// until the configuration allows it, which is an update without a request.
func TestAccZStackSnapshot_newerOfOthers(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	theirs := s.takenByOthers("backup")

	plan := acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy")
	wants(t, plan, "This plan destroys snapshot group", theirs, `snapshot group "backup"`, "remove_children_on_destroy")
	refused := acctest.MustRunCLI(t, workspace, 1, "destroy", "-auto-approve")
	wants(t, refused, "newer snapshots depend on it", theirs, `snapshot group "backup"`, "Nothing was deleted")
	s.must(s.groupsAre("before", "backup")(nil))

	s.must(workspace.Write("main.tf", acctest.RequiredProviders+s.config(removesChildren)))
	s.server.ResetRequests()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	if n := s.server.Requests().ByMethod[updateMethod]; n != 0 {
		t.Errorf("asked for %d updates", n)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	wants(t, acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy"), "They are deleted with it")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	s.must(s.groupsAre()(nil))
}

// TestAccZStackSnapshot_newerStays removes the older of two groups from the configuration, and replaces it: both are refused, since the
// newer one stays.
func TestAccZStackSnapshot_newerStays(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	after := func(label, older string) string { return s.snapshot(label, "depends_on = ["+older+"]") }
	both := s.config() + after("later", before)
	replaced := s.config("with_memory = true") + s.snapshot("later")
	refusal := acctest.Says("newer snapshots depend on it")
	kept := s.groupsAre("before", "later")
	s.run(
		resource.TestStep{Config: both, Check: kept},
		resource.TestStep{Config: acctest.ZStackProviderConfig(s.server) + s.snapshot("later"), ExpectError: refusal},
		resource.TestStep{Config: replaced, ExpectError: refusal},
		resource.TestStep{Config: s.config() + s.snapshot("later"), Check: kept},
	)
}

// TestAccZStackSnapshot_newerReplaced replaces a group on which another user's depends, by -replace or since it is tainted: the plan says so. Of
// one on which nothing depends it says nothing.
func TestAccZStackSnapshot_newerReplaced(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	replace := func(taint bool) realcli.Result {
		t.Helper()
		if !taint {
			return acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode", "-replace="+before)
		}
		acctest.MustRunCLI(t, workspace, 0, "taint", before)
		defer acctest.MustRunCLI(t, workspace, 0, "untaint", before)

		return acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	}
	for _, taint := range []bool{false, true} {
		if said := replace(taint); regexp.MustCompile("newer snapshots").MatchString(said.Output) {
			t.Error(said.Output)
		}
	}
	theirs := s.takenByOthers("backup")
	for _, taint := range []bool{false, true} {
		wants(t, replace(taint), "This plan replaces snapshot group", theirs, "The apply deletes nothing and fails")
	}
	if said := acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode"); regexp.MustCompile("newer snapshots").MatchString(said.Output) {
		t.Error(said.Output)
	}
	s.must(s.groupsAre("before", "backup")(nil))
}

// TestAccZStackSnapshot_severalDestroyed destroys several groups of one VM in whatever order the CLI comes to them: as many as it destroys at
// once. Of more, the oldest may take all places and wait for one that has not begun; then nothing is deleted, and a second destroy is needed.
func TestAccZStackSnapshot_severalDestroyed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		more  int // groups beside the first
		flags []string
	}{
		"at once": {more: 2}, "two at a time": {1, []string{"-parallelism=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			config := s.config()
			for i := range tt.more {
				config += s.snapshot(fmt.Sprint("more", i))
			}
			workspace := acctest.NewWorkspace(t, config)
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			acctest.MustRunCLI(t, workspace, 0, append([]string{"destroy", "-auto-approve"}, tt.flags...)...)
			s.must(s.groupsAre()(nil))
		})
	}
}

// TestAccZStackSnapshot_alone destroys a group beside newer ones where that deletes none of them.
func TestAccZStackSnapshot_alone(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]zstacksim.Options{"on Ceph": {VMs: -1}, "by scope": {VMs: -1, Version: "4.10.6"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, options)
			if options.Version == "" {
				s.must(s.server.SetStorageType(s.server.ID("primary_storage", "storage-1"), "Ceph"))
			}
			workspace := acctest.NewWorkspace(t, s.config())
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			s.takenByOthers("backup")
			if plan := acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy"); regexp.MustCompile("depend").MatchString(plan.Output) {
				t.Error(plan.Output)
			}
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			s.must(s.groupsAre("backup")(nil))
		})
	}
}

// TestAccZStackSnapshot_builtOn destroys a group on which a volume of another VM is built: ZStack refuses, and the error says which.
func TestAccZStackSnapshot_builtOn(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	clone := s.named("golden-stopped")
	refused := resource.TestStep{
		PreConfig: func() { s.must(s.server.ReferToSnapshot(s.memberOf("Root"), clone.RootVolumeUUID)) },
		Config:    s.config(), Destroy: true, ExpectError: acctest.Says("Built on it: volume " + clone.RootVolumeUUID + " of VM " + clone.UUID),
	}
	gone := resource.TestStep{PreConfig: func() { s.must(s.server.RemoveVM(clone.UUID)) }, Config: s.config(), Destroy: true}
	s.run(resource.TestStep{Config: s.config(), Check: func(*terraform.State) error { s.only(); return nil }}, refused, gone)
}

// takenByOthers takes a group as another user, and returns its uuid.
func (s *suite) takenByOthers(name string) string {
	s.t.Helper()
	client, err := zstack.New(zstack.Config{
		Endpoint: s.server.URL(), CACertificate: s.server.CACertificate(), AccountName: s.server.AccountName(), Password: s.server.Password(),
	})
	s.must(err)
	defer func() { s.must(client.Close(s.t.Context())) }()
	job, err := client.CreateSnapshotGroup(s.t.Context(), zstack.SnapshotGroupSpec{
		ResourceUUID: zstack.NewUUID(), RootVolumeUUID: s.vm.RootVolumeUUID, Name: name,
	})
	s.must(err)
	group, err := task.Wait(s.t.Context(), job)
	s.must(err)

	return group.UUID
}

// wants checks that the output says all of it, however the CLI wraps it.
func wants(t *testing.T, result realcli.Result, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !acctest.Says(text).MatchString(result.Output) {
			t.Errorf("no %q in:\n%s", text, result.Output)
		}
	}
}
