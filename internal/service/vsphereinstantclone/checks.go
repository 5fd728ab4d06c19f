package vsphereinstantclone

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
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checks compares a plan with the inventory: what is about to change, as far as it is known.
type checks struct {
	vm.Checks

	client       client
	config, plan model
	prior        *model // nil for a new VM
	imported     bool   // see [lifecycle.Planned]
}

// Check implements [lifecycle.Adapter].
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	c := &checks{
		Checks: vm.Checks{Machines: &a.Machines, Creating: planned.Creating, Unseen: planned.Unseen, Known: planned.Known},
		client: a.client, config: planned.Config, plan: planned.Plan, prior: planned.Prior, imported: planned.Imported,
	}
	var questions []lifecycle.Check
	switch {
	case c.prior == nil:
		questions = append(c.placement(), c.version, c.source, c.mayClone, c.labels)
		questions = append(questions, c.Networks(c.newNetworks())...)
	case !planned.Replaces && !c.prior.Pending():
		questions = append(c.placement(), c.newName, c.ownDevices, c.ownRemoved, c.host, c.mayChange, c.labels)
		questions = append(questions, c.Networks(c.newNetworks())...)
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

// mayClone checks the privileges of an instant clone, once for all that need the same.
func (c *checks) mayClone(ctx context.Context) diag.Diagnostics {
	if c.config.Parts().Unknown() || c.config.Parts().FolderID.IsUnknown() {
		return nil
	}
	spec, op := c.plan.spec(), c.plan.CreateOperationOf("make the instant clone", c.plan.attributes())
	first := c.plan.firstChanges()

	return c.MayCreate(ctx, vm.Privileges{
		Operation: op, About: spec.SourceID, Key: "of " + spec.Asks() + first.Asks(), Asker: spec.Name,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) { return c.missing(ctx, spec, first) },
	})
}

// missing returns the privileges that the user lacks for an instant clone, and for what is changed of the VM right after it.
func (c *checks) missing(ctx context.Context, spec vsphere.InstantCloneSpec, first vsphere.Changes) ([]apierr.MissingPrivilege, error) {
	source, err := c.SourceVM(ctx, spec.SourceID)
	if err != nil {
		return nil, err
	}
	spec.FolderID = cmp.Or(spec.FolderID, source.Placement.FolderID)
	missing, err := c.client.MissingInstantClonePrivileges(ctx, spec)
	if err != nil || first.Empty() {
		return missing, err
	}
	place := vsphere.Placement{FolderID: spec.FolderID, ResourcePoolID: cmp.Or(spec.ResourcePoolID, source.Placement.ResourcePoolID)}
	more, err := c.client.MissingFirstPrivileges(ctx, place, first)

	return append(missing, more...), err
}

// firstChanges returns what is changed of a VM right after it is made: see [adapter.AfterCreate].
func (m model) firstChanges() vsphere.Changes {
	return vsphere.Changes{
		PowerOff: m.PowerOn.Equal(types.BoolValue(false)),
		Configuration: vsphere.ReconfigureSpec{
			Annotation:         m.AnnotationEdit(settings.Annotation{}),
			InterfacesToRemove: lifecycle.TextsIn(m.NetworkInterfacesToRemove),
		},
	}
}

// mayChange checks the privileges of changes in place.
func (c *checks) mayChange(ctx context.Context) diag.Diagnostics {
	change := lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *c.prior}
	changes := vm.ChangesOf(change)
	changes.Configuration = reconfiguration(change, vm.Runs(change) || vm.PowersOn(change))

	return c.MayChange(ctx, c.plan.Operation("change", lifecycle.UpdateTimeout), c.prior.ObjectID(), changes)
}

// version checks that vCenter supports instant clones.
func (c *checks) version(ctx context.Context) diag.Diagnostics {
	err := c.client.RequireInstantClone(ctx)
	switch {
	case apierr.Is(err, apierr.Unsupported):
		op := tfdiag.Operation{Action: "plan " + c.plan.InWords(), Platform: tfdiag.VSphere}

		return diag.Diagnostics{tfdiag.FromError(op, err)}
	case err != nil:
		return c.Skipped("that vCenter makes instant clones", err)
	default:
		return nil
	}
}

// source checks the VM to fork, the devices that are named of it, and the name that the fork gets: where no folder is set
// that is the source's.
func (c *checks) source(ctx context.Context) diag.Diagnostics {
	if c.Creating { // vCenter refuses what has changed within the last minute
		if found := c.sourceBy(ctx, c.RecentSource); !found.HasError() {
			return found
		}
	}

	return c.sourceBy(ctx, c.SourceVM)
}

// sourceBy is source of a VM that read reads.
func (c *checks) sourceBy(
	ctx context.Context, read func(ctx context.Context, id string) (*vsphere.VirtualMachine, error),
) diag.Diagnostics {
	folder := c.config.Parts().FolderID
	if c.plan.SourceVMID.IsUnknown() {
		return c.name(ctx, folder)
	}
	source, diags := c.SourceBy(ctx, c.plan.SourceVMID.ValueString(), read)
	if source == nil {
		return diags
	}
	if folder.IsNull() {
		folder = types.StringValue(source.Placement.FolderID)
	}
	diags.Append(c.name(ctx, folder)...)
	if refused := forkable(source, c.WillRun(source.ID)); refused.HasError() {
		return append(diags, refused...)
	}
	diags.Append(c.pool(ctx, source)...)
	diags.Append(c.devices(source)...)
	if diags.HasError() {
		return diags
	}

	return append(diags, c.identity(source)...)
}

// forkable returns an error for a source that InstantClone_Task does not take. A source that is off will run when its own
// resource powers it on first.
func forkable(source *vsphere.VirtualMachine, willRun bool) diag.Diagnostics {
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_id"), What: "source VM", ID: source.ID, Name: source.Name}
	switch {
	case source.Template:
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is a template, which never runs: an instant clone needs a running VM")}
	case source.PowerState != vsphere.PoweredOn && !willRun:
		return diag.Diagnostics{tfdiag.UnusableObject(ref, fmt.Sprintf("it is %s: an instant clone needs a running VM", source.PowerState))}
	case len(source.UnsupportedDevices) > 0:
		return diag.Diagnostics{tfdiag.UnsupportedDevices(ref.Attribute, tfdiag.Named(source.Name, source.ID), devices(source.UnsupportedDevices))}
	default:
		return nil
	}
}

// devices lists devices in words.
func devices(all []vsphere.Device) []string {
	lines := make([]string, len(all))
	for i, device := range all {
		lines[i] = fmt.Sprintf("%q  %s (%s)", device.Key, device.Label, device.Type)
	}

	return lines
}

// devices returns an error for each device that is named of the source but that the source does not have.
func (c *checks) devices(source *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	check := func(argument, what string, named []string, labels map[string]string) {
		for _, name := range named {
			if vm.DeviceKey(name, labels) == "" {
				diags.Append(tfdiag.UnknownDevice(path.Root(argument).AtMapKey(name), tfdiag.Named(source.Name, source.ID), what, name, labels))
			}
		}
	}
	check("network_interfaces", "network interface", slices.Sorted(maps.Keys(interfaces.In(c.config.NetworkInterfaces))), vm.InterfaceLabels(source))
	diags.Append(c.removedOf(source.ID, vm.InterfaceLabels(source), lifecycle.TextsIn(c.config.NetworkInterfacesToRemove), tfdiag.UnknownDevice)...)
	check("serial_ports", "serial port", slices.Sorted(maps.Keys(c.config.SerialPorts.Elements())), vm.PortLabels(source.SerialPorts))
	check("parallel_ports", "parallel port", slices.Sorted(maps.Keys(c.config.ParallelPorts.Elements())), vm.PortLabels(source.ParallelPorts))

	return diags
}

// identity warns of what source and fork would share: the fork of a source that is not frozen begins at whatever point that
// has reached, and an interface that stays connected to the same network has the source's addresses there.
func (c *checks) identity(source *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	if !source.InstantCloneFrozen {
		diags.Append(tfdiag.Caution(path.Root("source_vm_id"), fmt.Sprintf("The source VM %q is not frozen", source.ID),
			"Its forks begin at whatever point it has reached, with its name, its addresses and its work in progress, and it gets "+
				"another layer of disks with each, of which vCenter allows 255. Run vmware-rpctool \"instantclone.freeze\" in its guest first, and let what follows "+
				"that command give the fork an identity of its own"))
	}
	edits := map[string]interfaces.Interface{}
	for name, wanted := range interfaces.In(c.config.NetworkInterfaces) {
		edits[vm.DeviceKey(name, vm.InterfaceLabels(source))] = wanted
	}
	for _, name := range lifecycle.TextsIn(c.config.NetworkInterfacesToRemove) {
		edits[vm.DeviceKey(name, vm.InterfaceLabels(source))] = interfaces.Interface{Connected: types.BoolValue(false)}
	}
	var shared []string
	for _, key := range slices.Sorted(maps.Keys(source.NetworkInterfaces)) {
		if present := source.NetworkInterfaces[key]; edits[key].StaysConnected(present) && !c.config.NetworkInterfaces.IsUnknown() {
			shared = append(shared, fmt.Sprintf("%q  %s, on %s", key, present.Label, present.NetworkID))
		}
	}
	if len(shared) > 0 {
		diags.Append(tfdiag.SharedNetworkIdentity(path.Root("network_interfaces"), tfdiag.Named(source.Name, source.ID), shared))
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

// placement checks the objects that the configuration names and that are not in state already.
func (c *checks) placement() []lifecycle.Check {
	var (
		before vm.Placement
		known  *vm.Placement
	)
	if c.prior != nil {
		before = c.prior.Parts()
		known = &before
	}
	wanted := c.config.Parts()

	return []lifecycle.Check{
		c.PlacementPart(vsphere.TypeFolder, "folder_id", "folder", before.FolderID, wanted.FolderID),
		c.PlacementPart(vsphere.TypeResourcePool, "resource_pool_id", "resource pool", before.ResourcePoolID, wanted.ResourcePoolID),
		c.PlacementPart(vsphere.TypeDatastore, "datastore_id", "datastore", before.DatastoreID, wanted.DatastoreID),
		c.OneDatacenter(wanted, known, c.plan.SourceVMID, vm.LocatedNetworks(c.newNetworks())...),
	}
}

// newNetworks returns the networks that the configuration names and that are not in state already.
func (c *checks) newNetworks() []tfdiag.Reference {
	var before types.Map
	if c.prior != nil {
		before = c.prior.NetworkInterfaces
	}

	return interfaces.Networks(c.config.NetworkInterfaces, before)
}
