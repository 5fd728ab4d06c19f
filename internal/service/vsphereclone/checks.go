package vsphereclone

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checks compares a plan with the inventory: what is about to change, as far as it is known.
type checks struct {
	vm.Checks

	client       client
	config, plan model
	prior        *model // nil for a new VM
	imported     bool   // see [lifecycle.Change]
}

// Check implements [lifecycle.Adapter].
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	c := &checks{
		Checks: vm.Checks{Machines: &a.Machines, Creating: planned.Creating, Unseen: planned.Unseen, Known: planned.Known},
		client: a.client, config: planned.Config, plan: planned.Plan, prior: planned.Prior,
		imported: planned.Imported,
	}
	var questions []lifecycle.Check
	switch {
	case c.prior == nil:
		questions = append(c.placement(nil), c.source, c.customization, c.snapshot, c.tpm, c.linkedDisks, c.mayClone, c.storagePolicies, c.encryption,
			c.encryptedDisks, c.labels)
		questions = slices.Concat(questions, c.Objects(c.diskDatastores(nil)), c.Networks(c.newNetworks()))
	case !planned.Replaces && !c.prior.Pending():
		questions = append(c.placement(c.prior), c.newName, c.hardware, c.mayChange, c.marking, c.ownInterfaces, c.ownDisks, c.storagePolicies, c.encryption,
			c.encryptedDisks, c.labels)
		questions = slices.Concat(questions, c.Objects(c.diskDatastores(c.prior)), c.Networks(c.newNetworks()))
	}
	if c.prior != nil {
		a.PlanPower(c.prior.ObjectID(), c.plan.PowerOn)
	}

	found := lifecycle.RunChecks(ctx, questions)
	if planned.Replaces || found.HasError() || c.prior != nil && c.prior.Pending() {
		return found
	}

	return append(found, a.dryRun(ctx, c)...) // what the other checks have found, vCenter's would only repeat
}

// mayClone checks the privileges of a clone, once for all that need the same.
func (c *checks) mayClone(ctx context.Context) diag.Diagnostics {
	if c.config.Placement.IsUnknown() || c.config.Parts().Unknown() || c.config.Parts().FolderID.IsUnknown() {
		return nil
	}
	spec, op := c.plan.cloneSpec(c.config), c.plan.CreateOperationOf("clone", c.plan.attributes())

	return c.MayCreate(ctx, vm.Privileges{
		Operation: op, About: spec.SourceID, Key: "of " + spec.Asks(), Asker: spec.Name,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			return c.client.MissingClonePrivileges(ctx, spec)
		},
	})
}

// mayChange checks the privileges of changes in place.
func (c *checks) mayChange(ctx context.Context) diag.Diagnostics {
	changes := vm.ChangesOf(c.change())
	if spec, relocates := relocation(c.change()); relocates {
		changes.Relocation = &spec
	}
	changes.Configuration = reconfiguration(c.change())
	changes.Configuration.InterfacesToAdd = interfaces.ToAdd(c.plan.NetworkInterfacesToAdd)
	changes.Configuration.DisksToAdd = c.plan.disksToAdd(c.plan.DisksToAdd)
	encrypted, diags := c.encrypted(ctx, changes)
	changes.Configuration.Encrypted = encrypted
	changes.GrowOn = growOn(changes.Configuration.Disks, vmdisks.Present(c.prior.Disks))
	changes.MakeTemplate = c.plan.becomesTemplate(*c.prior)
	if c.plan.leavesTemplate(*c.prior) {
		c.asMachine(&changes)
	}

	return append(diags, c.MayChange(ctx, c.plan.Operation("change", lifecycle.UpdateTimeout), c.prior.ObjectID(), changes)...)
}

// asMachine adds to changes that the template becomes a machine: that takes it to its pool and host, so that a relocation is left of its disks alone.
func (c *checks) asMachine(changes *vsphere.Changes) {
	place := machinePlace(c.config, c.plan, *c.prior).Wanted
	changes.MakeMachine = &place
	to := changes.Relocation
	if to == nil {
		return
	}
	changes.FolderID = cmp.Or(changes.FolderID, to.FolderID)
	to.ResourcePoolID, to.ClusterID, to.HostID, to.FolderID = "", "", "", ""
	if to.DatastoreID == "" && to.DatastoreClusterID == "" && len(to.DiskDatastores) == 0 {
		changes.Relocation = nil
	}
}

// growOn returns the datastores of the disks that grow.
func growOn(edits map[string]vsphere.DiskEdit, present map[string]vsphere.Disk) []string {
	var datastores []string
	for _, key := range slices.Sorted(maps.Keys(edits)) {
		if edits[key].CapacityBytes > 0 {
			datastores = append(datastores, present[key].DatastoreID)
		}
	}

	return datastores
}

// change is what the plan changes of a machine that exists.
func (c *checks) change() lifecycle.Change[model] {
	return lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *c.prior, Imported: c.imported}
}

// source checks the VM to clone, the disks that are named of it, and the name that the clone gets: where no folder is set
// that is the source's.
func (c *checks) source(ctx context.Context) diag.Diagnostics {
	folder := c.config.Parts().FolderID
	if c.plan.SourceVMID.IsUnknown() {
		return c.name(ctx, folder)
	}
	source, diags := c.Source(ctx, c.plan.SourceVMID.ValueString())
	if source == nil {
		return diags
	}
	if folder.IsNull() {
		folder = types.StringValue(source.Placement.FolderID)
	}
	diags = append(diags, c.name(ctx, folder)...)
	diags.Append(unknownDisks(&c.plan, source)...)
	diags.Append(c.sourceInterfaces(source)...)
	diags.Append(c.sourceDisks(source)...)
	diags.Append(needsPlace(c.config.Parts(), source, c.plan.Template.ValueBool())...)
	diags.Append(c.plan.fits(source)...)

	return diags
}

// needsPlace returns an error for the clone of a template that the configuration gives no place to run: a template has no resource pool
// that the clone could take over.
func needsPlace(wanted vm.Placement, source *vsphere.VirtualMachine, toTemplate bool) diag.Diagnostics {
	if !source.Template || toTemplate || !wanted.ResourcePoolID.IsNull() || !wanted.ClusterID.IsNull() || !wanted.HostID.IsNull() {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("placement"), "A clone of a template needs a place to run",
		fmt.Sprintf("The source %s is a template, which has no resource pool of its own. Set placement.resource_pool_id, "+
			"placement.cluster_id or placement.host_id", source.ID))}
}

// unknownDisks returns an error for each disk that is named of the source but that the source does not have.
func unknownDisks(plan *model, source *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	missing := func(at path.Path, key string) {
		if _, ok := source.Disks[key]; !ok {
			diags.Append(tfdiag.UnknownDisk(at, tfdiag.Named(source.Name, source.ID), key, vmdisks.Labels(source.Disks)))
		}
	}
	for _, key := range plan.disksToRemove() {
		missing(path.Root("disks_to_remove").AtSetValue(types.StringValue(key)), key)
	}
	for _, key := range slices.Sorted(maps.Keys(vmdisks.UpdatesIn(plan.DisksToUpdate))) {
		missing(path.Root("disks_to_update").AtMapKey(key), key)
	}

	return diags
}

// newName checks the name of a VM that is renamed or moved.
func (c *checks) newName(ctx context.Context) diag.Diagnostics {
	folder := c.plan.Parts().FolderID
	if c.plan.Name.Equal(c.prior.Name) && folder.Equal(c.prior.Parts().FolderID) {
		return nil
	}

	return c.name(ctx, folder)
}

// name checks that the VM's name is free in the folder.
func (c *checks) name(ctx context.Context, folder types.String) diag.Diagnostics {
	var prior *vm.Attributes
	if c.prior != nil {
		prior = &c.prior.Attributes
	}

	return c.NameFree(ctx, c.plan.Attributes, prior, folder, c.plan.Creation())
}

// customization warns of a customization specification that does not exist: the same apply may make it.
func (c *checks) customization(ctx context.Context) diag.Diagnostics {
	name := c.plan.customizationSpec()
	if name.IsNull() || name.IsUnknown() {
		return nil
	}
	exists, err := lifecycle.Once(ctx, c.Shared, "customization specification "+name.ValueString(), func(ctx context.Context) (bool, error) {
		return c.client.CustomizationSpecExists(ctx, name.ValueString())
	})
	switch {
	case err != nil:
		return c.Skipped("that the customization specification exists", err)
	case !exists:
		return diag.Diagnostics{tfdiag.Caution(path.Root("guest_customization_spec").AtName("name"),
			fmt.Sprintf("There is no customization specification %q yet", name.ValueString()),
			"The same apply may make it. Otherwise the clone fails, before anything is made: check the name")}
	default:
		return nil
	}
}

// diskDatastores returns the datastores of single disks that the configuration names and that are not in state already; prior is the state, nil
// for a new VM.
func (c *checks) diskDatastores(prior *model) []vm.Located {
	updates, added := map[string]vmdisks.Update{}, map[string]vmdisks.Added{}
	if prior != nil {
		updates, added = vmdisks.UpdatesIn(prior.DisksToUpdate), vmdisks.AddedIn(prior.DisksToAdd)
	}
	var datastores []vm.Located
	add := func(argument, name string, before, wanted types.String) {
		if wanted.ValueString() == "" || wanted.Equal(before) {
			return
		}
		datastores = append(datastores, vm.Located{Kind: vsphere.TypeDatastore, Reference: tfdiag.Reference{
			Attribute: path.Root(argument).AtMapKey(name).AtName("datastore_id"), What: "datastore", ID: wanted.ValueString(),
		}})
	}
	wanted := vmdisks.UpdatesIn(c.config.DisksToUpdate)
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		add("disks_to_update", key, updates[key].DatastoreID, wanted[key].DatastoreID)
	}
	own := vmdisks.AddedIn(c.config.DisksToAdd)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		add("disks_to_add", name, added[name].DatastoreID, own[name].DatastoreID)
	}

	return datastores
}
