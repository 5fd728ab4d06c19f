package tfdiag_test

import (
	"errors"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestCreation(t *testing.T) {
	t.Parallel()
	c := tfdiag.Creation{
		ResourceType: "vmfork_vsphere_clone", Object: `VM "web-1"`, Source: "vm-42", TaskID: "task-9",
		NameAttribute: path.Root("name"), TimeoutAttribute: path.Root("timeouts").AtName("create"),
	}
	bare := tfdiag.Creation{ResourceType: "vmfork_vsphere_clone", Object: `VM "web-1"`}
	waiting := c
	waiting.TaskID = ""
	full := &apierr.Error{Kind: apierr.Insufficient, Code: "NoDiskSpace", Messages: []string{"No space on LocalDS_0"}, TaskID: "task-9"}
	reset := (&apierr.Error{Kind: apierr.Unavailable, AnswerLost: true}).Wrap(errors.New("connection reset by peer"))
	made := time.Date(2026, 11, 21, 20, 0, 0, 0, time.FixedZone("CET", 3600))

	candidate := tfdiag.Existing{ID: "vm-57", CreatedBy: `VSPHERE.LOCAL\ci`, CreatedAt: made, SourceID: "vm-40"}

	checkGolden(t, []named{
		{"exists already", c.AlreadyExists(tfdiag.Existing{
			ID: "vm-57", Path: "/DC0/vm/web-1", CreatedBy: `VSPHERE.LOCAL\ci`, CreatedAt: made, SourceID: "vm-40",
		})},
		{"interrupted, waiting for a slot", waiting.InterruptedNotCreated(&apierr.Error{
			Kind: apierr.Cancelled, Code: apierr.CodeNoSlot, Arguments: []string{"4"},
		})},
		{"out of time, waiting for a slot", waiting.TimedOutNotCreated(30*time.Minute, &apierr.Error{
			Kind: apierr.TimedOut, Code: apierr.CodeNoSlot, Arguments: []string{"4"},
		})},
		{"exists already, in the same state", c.AlreadyExists(tfdiag.Existing{ID: "vm-57", Managed: true})},
		{"exists already, nothing known", bare.AlreadyExists(tfdiag.Existing{ID: "vm-57"})},
		{"name not freed, in the same state", c.NameNotFreed(tfdiag.Existing{ID: "vm-57", Path: "/DC0/vm/web-1", Managed: true}, 20*time.Second, nil)},
		{"name not freed, not known whose", c.NameNotFreed(tfdiag.Existing{ID: "vm-57", CreatedBy: "ci"}, 20*time.Second, nil)},
		{"name not freed, in an apply", c.NameNotFreed(tfdiag.Existing{ID: "vm-57", Unseen: true, BlocksLater: true}, 20*time.Second, nil)},
		{"name not freed, no patience", c.NameNotFreed(tfdiag.Existing{ID: "vm-57"}, 0, nil)},
		{"name not freed, failed", c.NameNotFreed(tfdiag.Existing{ID: "vm-57"}, 0, full)},
		{"exists already, as it is created", c.AlreadyExists(tfdiag.Existing{ID: "vm-57", Unseen: true})},
		{"exists already, in an apply", c.AlreadyExists(tfdiag.Existing{ID: "vm-57", Unseen: true, BlocksLater: true})},
		{"exists already, a folder", c.AlreadyExists(tfdiag.Existing{ID: "group-v7", Kind: "folder"})},
		{"name not freed, a template", c.NameNotFreed(tfdiag.Existing{ID: "vm-57", Path: "/DC0/vm/web-1", Kind: "template"}, 0, nil)},
		{"name twice", c.NameTwice(tfdiag.Twin{ResourceType: "vmfork_vsphere_instant_clone", Source: "vm-40"}, "the folder group-v3")},
		{"name twice, in state", c.NameTwice(tfdiag.Twin{ResourceType: "vmfork_vsphere_clone", ID: "vm-57", Source: "vm-40"}, "the folder group-v3")},
		{"exists already, for now", tfdiag.ForNow(diag.Diagnostics{c.AlreadyExists(tfdiag.Existing{ID: "vm-57"})})[0]},
		{"namesakes, in an apply", tfdiag.Creation{ResourceType: "vmfork_vsphere_snapshot", Object: `snapshot "before" of vm-42`, NameAttribute: path.Root("name")}.
			Namesakes([]tfdiag.Existing{{ID: "vm-42/snapshot-7", CreatedAt: made, Unseen: true, BlocksLater: true}, {ID: "vm-42/snapshot-8"}})},
		{"namesakes", tfdiag.Creation{ResourceType: "vmfork_vsphere_snapshot", Object: `snapshot "before" of vm-42`, NameAttribute: path.Root("name")}.
			Namesakes([]tfdiag.Existing{{ID: "vm-42/snapshot-7", CreatedAt: made}, {ID: "vm-42/snapshot-8"}})},
		{"not proved", c.Unproved(candidate, reset, false)},
		{"not proved, interrupted", c.Unproved(tfdiag.Existing{ID: "vm-57"}, nil, true)},
		{"not proved, without a name", c.Unproved(tfdiag.Existing{ID: "vm-1", Words: "vm-57 is the secondary of vm-1"}, reset, false)},
		{"refresh, not proved", c.PendingUnproved(candidate)},
		{"apply, not proved", c.AdoptionUnproved(candidate)},
		{"destroy, not proved", c.DeleteUnproved(candidate)},
		{"interrupted, cancelled", c.InterruptedNotCreated(nil)},
		{"interrupted, failed by itself", c.InterruptedNotCreated(full)},
		{"interrupted, not told yet", c.InterruptedPending()},
		{"out of time, cancelled", c.TimedOutNotCreated(30*time.Minute, nil)},
		{"out of time, failed by itself", c.TimedOutNotCreated(30*time.Minute, full)},
		{"out of time, not told yet", c.TimedOutPending(90 * time.Second)},
		{"answer lost, nothing made", c.AnswerLostNotCreated(reset)},
		{"answer lost, not resolved", bare.AnswerLostUnresolved(reset, errors.New("could not look for it"))},
		{"refresh, still running", c.StillRunning(60)},
		{"refresh, still running, percent not known", c.StillRunning(-1)},
		{"refresh, not resolved", c.PendingNotResolved(reset)},
		{"refresh, proved not created", c.PendingNotCreated(full)},
		{"refresh, proved not created, no task known", bare.PendingNotCreated(nil)},
		{"apply, pending not finished", c.PendingUnfinished(reset)},
		{"apply, pending failed", c.PendingFailed(full)},
		{"step failed", c.StepFailed("vm-58", "power it on", &apierr.Error{
			Kind: apierr.Insufficient, Op: "PowerOnVM_Task", Object: "vm-58", Code: "InsufficientResourcesFault",
			Messages: []string{"No host can run it"}, TaskID: "task-10",
		})},
		{"step interrupted", c.InterruptedStep("vm-58", "power it on")},
		{"destroy, not resolved", c.DeleteUnresolved(reset)},
		{"destroy, not resolved, no task known", bare.DeleteUnresolved(nil)},
		{"interrupted, no task known", bare.InterruptedPending()},
	})
}

// TestCreationOnZStack has the texts that speak of ZStack's jobs, which can't be cancelled.
func TestCreationOnZStack(t *testing.T) {
	t.Parallel()
	c := tfdiag.Creation{
		ResourceType: "vmfork_zstack_clone", Object: `VM "web-1"`, Source: "20debd9bc9594d70b1ec81d7d31b29cc", TaskID: "5c8d",
		Platform: tfdiag.ZStack, NameAttribute: path.Root("name"), TimeoutAttribute: path.Root("timeouts").AtName("create"),
	}
	bare, forgotten := c, c
	bare.TaskID, forgotten.Forgotten = "", true
	full := &apierr.Error{Kind: apierr.Insufficient, Code: "PS.1000", Messages: []string{"No room on ps-1"}, TaskID: "5c8d"}
	reset := (&apierr.Error{Kind: apierr.Unavailable, AnswerLost: true}).Wrap(errors.New("connection reset by peer"))

	checkGolden(t, []named{
		{"exists already", c.AlreadyExists(tfdiag.Existing{ID: "0d5b7f0e6f4a4d7c8a1f3b2c4d5e6f70"})},
		{"name twice", c.NameTwice(tfdiag.Twin{ResourceType: "vmfork_zstack_clone"}, "this ZStack")},
		{"interrupted, nothing made", c.InterruptedNotCreated(nil)},
		{"interrupted, failed by itself", c.InterruptedNotCreated(full)},
		{"interrupted, not told yet", c.InterruptedPending()},
		{"interrupted, no job known", bare.InterruptedPending()},
		{"out of time, nothing made", c.TimedOutNotCreated(30*time.Minute, nil)},
		{"out of time, not told yet", c.TimedOutPending(30 * time.Minute)},
		{"answer lost, nothing made", c.AnswerLostNotCreated(reset)},
		{"answer lost, not resolved", c.AnswerLostUnresolved(reset, errors.New("two VMs have the name"))},
		{"answer lost, nothing found", c.AnswerLostUnresolved(reset, nil)},
		{"failed, and no look", c.FailedUnseen(full, reset)},
		{"refresh, still running", c.StillRunning(-1)},
		{"refresh, not resolved", c.PendingNotResolved(reset)},
		{"refresh, proved not created", c.PendingNotCreated(full)},
		{"refresh, proved not created, no job known", bare.PendingNotCreated(nil)},
		{"refresh, job forgotten", forgotten.PendingNotCreated(nil)},
		{"apply, job forgotten", forgotten.PendingFailed(nil)},
		{"destroy, job forgotten", forgotten.NothingToDelete()},
		{"apply, pending not finished", c.PendingUnfinished(reset)},
		{"apply, pending failed", c.PendingFailed(full)},
		{"step failed", c.StepFailed("0d5b7f0e6f4a4d7c8a1f3b2c4d5e6f70", "stop it", &apierr.Error{
			Kind: apierr.Internal, Op: "StopVmInstance", Code: "VM.1002", Messages: []string{"failed to stop", "qemu says no"}, TaskID: "6d9e",
		})},
		{"destroy, not resolved", c.DeleteUnresolved(reset)},
		{"destroy, not resolved, no job known", bare.DeleteUnresolved(nil)},
	})
}
