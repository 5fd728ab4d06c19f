package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	queryGroupOp    = "QueryVolumeSnapshotGroup"
	createGroupOp   = "CreateVolumeSnapshotGroup"
	deleteGroupOp   = "DeleteVolumeSnapshotGroup"
	querySnapshotOp = "QueryVolumeSnapshot"
	groupPath       = "/v1/volume-snapshots/group"
	snapshotPath    = "/v1/volume-snapshots"
)

// SnapshotGroup reads a snapshot group and its snapshots (QueryVolumeSnapshotGroup, QueryVolumeSnapshot). Reads that arrive
// together are one request of each. One that does not exist is an error of kind NotFound.
func (c *Client) SnapshotGroup(ctx context.Context, uuid string) (*SnapshotGroup, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryGroupOp, Object: uuid}, uuid); err != nil {
		return nil, err
	}

	return c.groups.Load(ctx, uuid)
}

func (c *Client) readGroups(ctx context.Context, uuids []string) (map[string]*SnapshotGroup, error) {
	var (
		found     []SnapshotGroup
		snapshots []snapshotInventory
		both      errgroup.Group
	)
	both.Go(func() (err error) {
		found, err = queryUUIDs[SnapshotGroup](ctx, c, queryGroupOp, groupPath, "uuid", uuids)

		return err
	})
	both.Go(func() (err error) {
		snapshots, err = queryUUIDs[snapshotInventory](ctx, c, querySnapshotOp, snapshotPath, "groupUuid", uuids)

		return err
	})
	if err := both.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // one of theirs
	}
	fillSnapshots(found, snapshots)
	groups := make(map[string]*SnapshotGroup, len(found))
	for i := range found {
		groups[found[i].UUID] = &found[i]
	}

	return groups, nil
}

// groupName is what a snapshot group is asked for by: its VM and its name.
type groupName struct{ vmUUID, name string }

// SnapshotGroupsNamed reads the snapshot groups of a VM with exactly this name, sorted by uuid. Reads that arrive together are
// one request.
func (c *Client) SnapshotGroupsNamed(ctx context.Context, vmUUID, name string) ([]SnapshotGroup, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryGroupOp, Object: vmUUID}, vmUUID); err != nil {
		return nil, err
	}

	return c.groupNames.Load(ctx, groupName{vmUUID, name})
}

// readGroupNames asks by the VMs, of which each has a few groups, and not by the names, which ZStack compares loosely.
func (c *Client) readGroupNames(ctx context.Context, wanted []groupName) (map[groupName][]SnapshotGroup, error) {
	vmUUIDs := make([]string, len(wanted))
	for i, key := range wanted {
		vmUUIDs[i] = key.vmUUID
	}
	groups, err := queryUUIDs[SnapshotGroup](ctx, c, queryGroupOp, groupPath, "vmInstanceUuid", vmUUIDs)
	if err != nil {
		return nil, err
	}
	groups = slices.DeleteFunc(groups, func(group SnapshotGroup) bool {
		return !slices.Contains(wanted, groupName{group.VMUUID, group.Name})
	})
	uuids := make([]string, len(groups))
	for i := range groups {
		uuids[i] = groups[i].UUID
	}
	snapshots, err := queryUUIDs[snapshotInventory](ctx, c, querySnapshotOp, snapshotPath, "groupUuid", uuids)
	if err != nil {
		return nil, err
	}
	fillSnapshots(groups, snapshots)
	slices.SortFunc(groups, func(a, b SnapshotGroup) int { return strings.Compare(a.UUID, b.UUID) })
	named := make(map[groupName][]SnapshotGroup, len(wanted))
	for _, group := range groups {
		key := groupName{group.VMUUID, group.Name}
		named[key] = append(named[key], group)
	}

	return named, nil
}

// fillSnapshots adds what only the snapshots themselves tell. One that is gone although its group remembers it is marked so.
func fillSnapshots(groups []SnapshotGroup, found []snapshotInventory) {
	byUUID := make(map[string]*snapshotInventory, len(found))
	for i := range found {
		byUUID[found[i].UUID] = &found[i]
	}
	for _, group := range groups {
		for i := range group.Snapshots {
			told, there := byUUID[group.Snapshots[i].UUID]
			if !there || group.Snapshots[i].Deleted {
				group.Snapshots[i].Deleted = true

				continue
			}
			group.Snapshots[i].PrimaryStorageUUID = told.PrimaryStorageUUID
			group.Snapshots[i].Status = told.Status
			group.Snapshots[i].SizeBytes = int64(told.Size)
		}
		slices.SortStableFunc(group.Snapshots, func(a, b VolumeSnapshot) int { return strings.Compare(a.UUID, b.UUID) })
		slices.SortStableFunc(group.Snapshots, func(a, b VolumeSnapshot) int { return int(a.DeviceID - b.DeviceID) })
	}
}

// CreateSnapshotGroup snapshots all volumes of a VM at once (CreateVolumeSnapshotGroup). The result leaves out what only the
// snapshots themselves tell: see [Client.SnapshotGroup].
func (c *Client) CreateSnapshotGroup(ctx context.Context, spec SnapshotGroupSpec) (task.Handle[SnapshotGroup], error) {
	parameters := struct {
		RootVolumeUUID string `json:"rootVolumeUuid"`
		Name           string `json:"name"`
		Description    string `json:"description,omitempty"`
		WithMemory     bool   `json:"withMemory"`
		ResourceUUID   string `json:"resourceUuid,omitempty"`
	}{spec.RootVolumeUUID, spec.Name, spec.Description, spec.WithMemory, spec.ResourceUUID}

	return start(ctx, c, creation(createGroupOp, groupPath, spec.RootVolumeUUID, parameters), inventory[SnapshotGroup])
}

// SnapshotGroupJob returns the handle of a CreateVolumeSnapshotGroup that another process started, by the job's uuid.
func (c *Client) SnapshotGroupJob(uuid string) task.Handle[SnapshotGroup] {
	what := httpapi.Call{Op: createGroupOp, Effect: httpapi.Changes}

	return &handle[SnapshotGroup]{Job: c.jobs.Resume(what, uuid), what: what, decode: inventory[SnapshotGroup]}
}

// UpdateSnapshotGroup changes name and description (UpdateVolumeSnapshotGroup).
func (c *Client) UpdateSnapshotGroup(ctx context.Context, uuid, name, description string) (task.Handle[SnapshotGroup], error) {
	parameters := struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}{name, description}

	return start(ctx, c, action("UpdateVolumeSnapshotGroup", groupPath, uuid, "updateVolumeSnapshotGroup", parameters), inventory[SnapshotGroup])
}

var errNotTold = errors.New("ZStack did not say why")

// DeleteSnapshotGroup deletes the snapshots of a group (DeleteVolumeSnapshotGroup), in a direction that ZStack chooses. It can succeed in part: the result says
// what became of each snapshot. A group that is gone is an error of kind NotFound.
func (c *Client) DeleteSnapshotGroup(ctx context.Context, uuid string, scope DeleteScope) (task.Handle[[]SnapshotResult], error) {
	r := removal(deleteGroupOp, groupPath, uuid)
	r.Query = encode([2]string{"scope", string(scope)}, [2]string{"direction", "auto"})

	return start(ctx, c, r, decodeResults)
}

func decodeResults(result json.RawMessage) ([]SnapshotResult, error) {
	var told struct {
		Results []struct {
			SnapshotUUID string          `json:"snapshotUuid"`
			Success      flag            `json:"success"`
			Error        *conn.CodeError `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal(result, &told); err != nil {
		return nil, err //nolint:wrapcheck // handle.failure wraps it
	}
	results := make([]SnapshotResult, 0, len(told.Results))
	for _, entry := range told.Results {
		done := SnapshotResult{SnapshotUUID: entry.SnapshotUUID, Success: bool(entry.Success)}
		if !done.Success {
			of := httpapi.Call{Op: deleteGroupOp, Object: entry.SnapshotUUID}
			if entry.Error != nil {
				done.Err = conn.Failure(of, entry.Error)
			} else {
				done.Err = of.Error(apierr.Internal, conn.CodeInternal).Wrap(errNotTold)
			}
		}
		results = append(results, done)
	}

	return results, nil
}
