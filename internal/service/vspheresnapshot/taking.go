package vspheresnapshot

import (
	"context"
	"time"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// taking is one snapshot in the making.
type taking struct {
	resource *snapshotResource
	spec     vsphere.SnapshotSpec
	began    time.Time // by vCenter's clock
}

// run takes the snapshot and sees it through, when it is this snapshot's turn on the VM. ctx is the CLI's: cancelled when
// the user interrupts. bounded descends from it and ends with timeouts.create. A VM that somebody else works on is asked
// again as long as there is time: a refusal proves that nothing came to be.
func (t *taking) run(ctx, bounded context.Context) lifecycle.Fate[string] {
	leave, err := t.resource.session.queues.Enter(bounded, t.spec.VMID)
	if err != nil {
		return lifecycle.Fate[string]{Err: err}
	}
	defer leave()

	making := lifecycle.Making[string]{
		Search: t.resource.search(t.search()),
		Slot:   t.resource.client.AcquireTaskSlot,
		Start: func(ctx context.Context) (task.Handle[string], error) {
			return t.resource.client.CreateSnapshot(ctx, t.spec)
		},
	}

	return making.RunUnlessBusy(ctx, bounded)
}

// search is what was asked for.
func (t *taking) search() vsphere.SnapshotSearch {
	return vsphere.SnapshotSearch{VMID: t.spec.VMID, Name: t.spec.Name, Description: t.spec.Description, Since: t.began}
}
