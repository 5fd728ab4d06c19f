package floor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// onVCenter are the scenarios of vSphere.
var onVCenter = map[string]operations[*vcenter]{
	"vsphere_clone": {
		prepare: findGoldenVM, create: each(cloneVM), read: readVMs, update: renameVM, destroy: destroyVM,
	},
	"vsphere_clone_template": {
		prepare: findTemplate, create: each(cloneTemplate), read: readVMs, update: renameVM, destroy: destroyVM,
	},
	"vsphere_instant_clone": {
		prepare: findSources, create: each(instantCloneVM), read: readVMs, update: renameVM, destroy: destroyVM,
	},
	"vsphere_instant_clone_sources": {
		prepare: findSources, create: each(instantCloneVM), read: readVMs, update: renameVM, destroy: destroyVM,
	},
	"vsphere_snapshot": {
		create: each(snapshotVM), read: readSnapshots, update: describeSnapshot, destroy: removeSnapshot,
	},
	"vsphere_ft_secondary": {
		create: each(protectVM), read: readPairs, update: disableSecondary, destroy: unprotectVM,
	},
}

// vmPaths are the properties that a VM's attributes are made of.
var vmPaths = []string{
	"name", "parent", "resourcePool", "datastore", "runtime.host", "runtime.powerState", "config.template", "config.uuid",
	"config.instanceUuid", "config.files.vmPathName", "config.hardware.device", "guest.net", "guest.toolsRunningStatus",
}

// poolPath is the resource pool that clones are made in.
const poolPath = "/DC0/host/DC0_C0/Resources"

// findGoldenVM finds what all clones are made of, and logs in to where they are asked for.
func findGoldenVM(ctx context.Context, v *vcenter) error {
	err := v.find(ctx, map[string]*types.ManagedObjectReference{"/DC0/vm/DC0_C0_RP0_VM0": &v.golden, poolPath: &v.pool})
	if err != nil {
		return err
	}

	return v.openREST(ctx)
}

// find sets the references to those of the objects at the inventory paths.
func (v *vcenter) find(ctx context.Context, objects map[string]*types.ManagedObjectReference) error {
	for path, found := range objects {
		answer, err := methods.FindByInventoryPath(ctx, v.vim, &types.FindByInventoryPath{
			This: *v.vim.ServiceContent.SearchIndex, InventoryPath: path,
		})
		if err != nil {
			return fmt.Errorf("looking for %s: %w", path, err)
		}
		if answer.Returnval == nil {
			return fmt.Errorf("there is no %s", path)
		}
		*found = *answer.Returnval
	}

	return nil
}

// cloneVM makes a running clone (POST /api/vcenter/vm?action=clone&vmw-task=true).
func cloneVM(ctx context.Context, v *vcenter, index int) (object, error) {
	var task, id string
	spec := map[string]any{
		"source": v.golden.Value, "name": name(index), "placement": map[string]string{"resource_pool": v.pool.Value}, "power_on": true,
	}
	if err := v.rest(ctx, http.MethodPost, "/api/vcenter/vm?action=clone&vmw-task=true", spec, &task); err != nil {
		return object{}, err
	}
	result, err := v.tasks.wait(ctx, task)
	if err != nil {
		return object{}, err
	}
	if err := json.Unmarshal(result, &id); err != nil {
		return object{}, fmt.Errorf("the result of a clone: %w", err)
	}

	return object{id: id}, nil
}

// readVMs reads VMs with one RetrievePropertiesEx.
func readVMs(ctx context.Context, v *vcenter, made []object) error {
	refs := make([]types.ManagedObjectReference, len(made))
	for i, one := range made {
		refs[i] = machine(one.id)
	}

	return v.retrieve(ctx, refs, vmPaths, func(types.ObjectContent) error { return nil })
}

// renameVM gives a VM another name (Rename_Task).
func renameVM(ctx context.Context, v *vcenter, index int, one object) error {
	answer, err := methods.Rename_Task(ctx, v.vim, &types.Rename_Task{This: machine(one.id), NewName: renamed(index)})
	if err != nil {
		return fmt.Errorf("renaming %s: %w", one.id, err)
	}
	_, err = v.watch.task(ctx, answer.Returnval)

	return err
}

// destroyVM shuts a guest down (ShutdownGuest), and destroys the VM when it is off (Destroy_Task).
func destroyVM(ctx context.Context, v *vcenter, one object) error {
	ref := machine(one.id)
	if _, err := methods.ShutdownGuest(ctx, v.vim, &types.ShutdownGuest{This: ref}); err != nil {
		return fmt.Errorf("shutting %s down: %w", one.id, err)
	}
	if err := v.watch.poweredOff(ctx, ref); err != nil {
		return err
	}
	answer, err := methods.Destroy_Task(ctx, v.vim, &types.Destroy_Task{This: ref})
	if err != nil {
		return fmt.Errorf("destroying %s: %w", one.id, err)
	}
	_, err = v.watch.task(ctx, answer.Returnval)

	return err
}
