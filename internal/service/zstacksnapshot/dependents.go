package zstacksnapshot

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// patience is how long a deletion waits for the destroys of newer groups to begin: the CLI begins those of one apply within moments, unless
// it may do one thing at a time only.
const patience = 2 * time.Second

// CheckDestroy implements [lifecycle.DestroyChecker]: it names what is deleted with the group, or keeps it from being deleted.
func (a *adapter) CheckDestroy(ctx context.Context, state model, replaced bool) diag.Diagnostics {
	if state.Pending() {
		return nil
	}
	found, err := a.endangered(ctx, state)
	if err != nil {
		return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.ZStack, "that no newer snapshots depend on the group", err)}
	}
	removed := state.RemoveChildren.ValueBool()
	if !removed {
		found = slices.DeleteFunc(found, func(each tfdiag.Dependent) bool { return a.shared.Registry.Leaves(each.UUID) })
	}
	if len(found) == 0 {
		return nil
	}

	return diag.Diagnostics{tfdiag.DependentsAtRisk(state.inWords(), replaced, removed, found)}
}

// staying returns what a deletion of the group would delete without having been asked to. What the same apply destroys is none of it.
func (a *adapter) staying(ctx context.Context, state model) ([]tfdiag.Dependent, error) {
	if state.RemoveChildren.ValueBool() {
		return nil, nil
	}
	var found []tfdiag.Dependent
	err := lifecycle.AskAgain(ctx, func(ctx context.Context) error {
		var err error
		found, err = a.endangered(ctx, state)

		return err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	uuids := make([]string, len(found))
	for i, each := range found {
		uuids[i] = each.UUID
	}
	staying := a.shared.Registry.AwaitLeaving(ctx, uuids, patience)

	return slices.DeleteFunc(found, func(each tfdiag.Dependent) bool { return !slices.Contains(staying, each.UUID) }), nil
}

// endangered returns what ZStack deletes with the group: nothing on storages where each snapshot stands alone, and in versions that obey
// the scope of a deletion, unless the configuration wants it.
func (a *adapter) endangered(ctx context.Context, state model) ([]tfdiag.Dependent, error) {
	nodes, err := a.dependents(ctx, state)
	if err != nil || len(nodes) == 0 {
		return nil, err
	}
	if !state.RemoveChildren.ValueBool() {
		version, err := lifecycle.Once(ctx, a.shared, "ZStack's version", a.client.Version)
		if err != nil {
			return nil, err
		}
		if zstack.TakesSnapshotScope(version) {
			return nil, nil
		}
	}

	return a.described(ctx, nodes)
}

// dependents returns the snapshots outside of the group that depend on one of its own.
func (a *adapter) dependents(ctx context.Context, state model) ([]zstack.SnapshotNode, error) {
	group := state.ObjectID()
	volumes := slices.Sorted(maps.Keys(state.Snapshots.Elements()))
	trees := make([][]zstack.SnapshotNode, len(volumes))
	var reads errgroup.Group // questions that come together are one request
	for i, volume := range volumes {
		reads.Go(func() (err error) {
			trees[i], err = a.client.SnapshotTrees(ctx, volume)

			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // one of theirs
	}
	var found []zstack.SnapshotNode
	for _, root := range slices.Concat(trees...) {
		for _, node := range append(root.Descendants(), root) {
			if node.GroupUUID == group {
				found = append(found, node.Descendants()...)
			}
		}
	}

	return slices.DeleteFunc(found, func(node zstack.SnapshotNode) bool { return node.GroupUUID == group }), nil
}

// described returns the groups of the snapshots, and those that are in none.
func (a *adapter) described(ctx context.Context, nodes []zstack.SnapshotNode) ([]tfdiag.Dependent, error) {
	var all []tfdiag.Dependent
	for _, node := range nodes {
		one := tfdiag.Dependent{UUID: node.GroupUUID}
		if node.GroupUUID == "" {
			one = tfdiag.Dependent{UUID: node.UUID, Name: node.Name, VolumeUUID: node.VolumeUUID, TakenAt: node.CreatedAt}
		}
		if slices.ContainsFunc(all, func(other tfdiag.Dependent) bool { return other.UUID == one.UUID }) {
			continue
		}
		if node.GroupUUID != "" {
			group, err := a.client.SnapshotGroup(ctx, node.GroupUUID)
			switch {
			case err == nil:
				one.Name, one.TakenAt = group.Name, group.CreatedAt
			case !apierr.Is(err, apierr.NotFound):
				return nil, err
			}
		}
		all = append(all, one)
	}

	return all, nil
}
