package vspheresnapshot

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
)

// TestQueue lets one operation at a time work on a VM, and does not let it wait for work on another VM.
func TestQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, shared := newFake(), playedcli.Shared()
		offer := func() func() resource.Resource { return on(f, shared) }
		var group sync.WaitGroup
		for range 5 {
			c := core{playedcli.New(t, offer)}
			group.Go(func() { c.Apply(t.Context(), basic()).Clean(t) })
		}
		group.Wait()
		if f.most != 1 || len(f.snapshots) != 5 {
			t.Errorf("%d snapshots, %d at once", len(f.snapshots), f.most)
		}

		leave, err := shared.Queues.Enter(t.Context(), slog.New(slog.DiscardHandler), vmID)
		if err != nil {
			t.Fatal(err)
		}
		if leaveOther, err := shared.Queues.Enter(t.Context(), slog.New(slog.DiscardHandler), "vm-2"); err != nil {
			t.Error(err)
		} else {
			leaveOther()
		}
		bounded, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := shared.Queues.Enter(bounded, slog.New(slog.DiscardHandler), vmID); err == nil {
			t.Error("two operations work on one VM")
		}
		leave()
	})
}
