package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// onZStack are the scenarios of ZStack.
var onZStack = map[string]operations[*zstack]{
	"zstack_clone": {
		prepare: findGolden, create: cloneVMs, together: true, read: readInstances, update: describeInstance, destroy: destroyInstance,
	},
	"zstack_snapshot": {
		prepare: findRoots, create: each(snapshotInstance), read: readGroups, update: describeGroup, destroy: deleteGroup,
	},
}

// record is what the floor needs of ZStack's records.
type record struct {
	UUID           string `json:"uuid"`
	Name           string `json:"name"`
	RootVolumeUUID string `json:"rootVolumeUuid"`
	Snapshots      []struct {
		UUID string `json:"volumeSnapshotUuid"`
	} `json:"volumeSnapshotRefs"`
}

// take returns what keeps records of queries.
func take(keep func(record)) func(json.RawMessage) error {
	return func(told json.RawMessage) error {
		var one record
		if err := json.Unmarshal(told, &one); err != nil {
			return fmt.Errorf("a record: %w", err)
		}
		keep(one)

		return nil
	}
}

var errNoGolden = errors.New("there is no VM golden")

// findGolden finds what all clones are made of.
func findGolden(ctx context.Context, z *zstack) error {
	err := z.queryAll(ctx, "/v1/vm-instances", "name", []string{"golden"}, take(func(one record) { z.golden = one.UUID }))
	if err == nil && z.golden == "" {
		err = errNoGolden
	}

	return err
}

// cloneVMs makes clones with one call (CloneVmInstance).
func cloneVMs(ctx context.Context, z *zstack, indices []int) ([]object, error) {
	names := make([]string, len(indices))
	for i, index := range indices {
		names[i] = name(index)
	}
	var told struct {
		Result struct {
			Inventories []struct {
				Inventory record          `json:"inventory"`
				Error     json.RawMessage `json:"error"`
			} `json:"inventories"`
		} `json:"result"`
	}
	body := map[string]any{"cloneVmInstance": map[string]any{"names": names}}
	if err := z.run(ctx, http.MethodPut, "/v1/vm-instances/"+z.golden+"/actions", body, &told); err != nil {
		return nil, err
	}
	byName := map[string]string{}
	for _, one := range told.Result.Inventories {
		byName[one.Inventory.Name] = one.Inventory.UUID
	}
	made := make([]object, len(names))
	for i, name := range names {
		if byName[name] == "" {
			return nil, fmt.Errorf("ZStack made no %s", name)
		}
		made[i].id = byName[name]
	}

	return made, nil
}

// all reads the records of objects, none of which may be missing.
func (z *zstack) all(ctx context.Context, path string, uuids []string, keep func(record)) error {
	found := 0
	err := z.queryAll(ctx, path, "uuid", uuids, take(func(one record) {
		found++
		keep(one)
	}))
	if err == nil && found != len(uuids) {
		err = fmt.Errorf("%d of %d records are there", found, len(uuids))
	}

	return err
}

func ids(made []object) []string {
	uuids := make([]string, len(made))
	for i, one := range made {
		uuids[i] = one.id
	}

	return uuids
}

// readInstances reads VMs (QueryVmInstance).
func readInstances(ctx context.Context, z *zstack, made []object) error {
	return z.all(ctx, "/v1/vm-instances", ids(made), func(record) {})
}

// describeInstance describes a VM (UpdateVmInstance).
func describeInstance(ctx context.Context, z *zstack, _ int, one object) error {
	body := map[string]any{"updateVmInstance": map[string]string{"description": "changed"}}

	return z.run(ctx, http.MethodPut, "/v1/vm-instances/"+one.id+"/actions", body, nil)
}

// destroyInstance stops a VM (StopVmInstance) and moves it to the recycle bin (DestroyVmInstance).
func destroyInstance(ctx context.Context, z *zstack, one object) error {
	body := map[string]any{"stopVmInstance": map[string]string{"type": "grace"}}
	if err := z.run(ctx, http.MethodPut, "/v1/vm-instances/"+one.id+"/actions", body, nil); err != nil {
		return err
	}

	return z.run(ctx, http.MethodDelete, "/v1/vm-instances/"+one.id, nil, nil)
}

// findRoots finds the root volumes of all VMs.
func findRoots(ctx context.Context, z *zstack) error {
	return z.all(ctx, "/v1/vm-instances", z.order.Machines, func(one record) { z.roots[one.UUID] = one.RootVolumeUUID })
}

// snapshotInstance takes a snapshot of all volumes of the VM of an index (CreateVolumeSnapshotGroup).
func snapshotInstance(ctx context.Context, z *zstack, index int) (object, error) {
	vm := z.order.Machines[index]
	body := map[string]any{"params": map[string]any{"rootVolumeUuid": z.roots[vm], "name": "counted", "description": "counted"}}
	var told struct {
		Inventory record `json:"inventory"`
	}
	err := z.run(ctx, http.MethodPost, "/v1/volume-snapshots/group", body, &told)

	return object{id: told.Inventory.UUID, of: vm}, err
}

// readGroups reads snapshot groups and their snapshots (QueryVolumeSnapshotGroup, QueryVolumeSnapshot).
func readGroups(ctx context.Context, z *zstack, made []object) error {
	var snapshots []string
	err := z.all(ctx, "/v1/volume-snapshots/group", ids(made), func(one record) {
		for _, snapshot := range one.Snapshots {
			snapshots = append(snapshots, snapshot.UUID)
		}
	})
	if err != nil {
		return err
	}

	return z.all(ctx, "/v1/volume-snapshots", snapshots, func(record) {})
}

// describeGroup describes a snapshot group (UpdateVolumeSnapshotGroup).
func describeGroup(ctx context.Context, z *zstack, _ int, one object) error {
	body := map[string]any{"updateVolumeSnapshotGroup": map[string]string{"name": "counted", "description": "changed"}}

	return z.run(ctx, http.MethodPut, "/v1/volume-snapshots/group/"+one.id+"/actions", body, nil)
}

// deleteGroup deletes a snapshot group (DeleteVolumeSnapshotGroup).
func deleteGroup(ctx context.Context, z *zstack, one object) error {
	return z.run(ctx, http.MethodDelete, "/v1/volume-snapshots/group/"+one.id, nil, nil)
}
