package vsphereftsecondary

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// metroVersion is the API version that brought metro cluster pairs.
const metroVersion = "8.0.3"

// checks compares the plan of a new secondary with the live inventory. The questions are asked at the same time: the client makes
// few requests of them, together with those of the other resources that are planned then.
type checks struct {
	*adapter

	config, plan model
	unseen       bool // see [lifecycle.Planned]
}

// Check implements [lifecycle.Adapter].
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	if planned.Prior != nil {
		return a.mayChange(ctx, planned) // nothing new is created, or the replacement is planned once more
	}
	c := &checks{adapter: a, config: planned.Config, plan: planned.Plan, unseen: planned.Unseen}

	questions := append([]lifecycle.Check{c.metro}, c.datastores()...)
	if planned.Creating { // vCenter itself tests the primary, its cluster and its compatibility as it creates the secondary
		questions = append(questions, func(ctx context.Context) diag.Diagnostics { return c.host(ctx, nil) })
	} else {
		questions = append(questions, c.primary)
	}

	return lifecycle.RunChecks(ctx, questions)
}

// primary checks the VM to protect, and what is named of it.
func (c *checks) primary(ctx context.Context) diag.Diagnostics {
	if c.plan.PrimaryVMID.IsUnknown() {
		return c.host(ctx, nil)
	}
	ref := tfdiag.Reference{Attribute: path.Root("primary_vm_id"), What: "virtual machine", ID: c.plan.PrimaryVMID.ValueString()}
	machine, err := c.client.VirtualMachine(ctx, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return vm.CheckSkipped("that the virtual machine can be made fault tolerant", err)
	}

	diags := c.host(ctx, machine)
	diags.Append(unknownDisks(c.plan, machine)...)
	known := c.shared.Registry.Has(pairOf(machine.ID)) || c.shared.Registry.Pending(typeName, machine.ID)
	if machine.FaultToleranceRole != vsphere.RoleNone && !known {
		return append(diags, c.paired(ctx, machine.ID)...)
	}
	if machine.FaultToleranceRole == vsphere.RoleSecondary {
		return append(diags, c.failedOver(ctx, ref)...)
	}
	if machine.FaultToleranceRole != vsphere.RoleNone {
		return diags // the pair that is in state goes first
	}
	if problem := unfit(ref, machine); problem != nil {
		return append(diags, problem)
	}
	diags.Append(c.cluster(ctx, ref, machine)...)
	if diags.HasError() {
		return diags
	}

	return append(diags, lifecycle.RunChecks(ctx, []lifecycle.Check{
		func(ctx context.Context) diag.Diagnostics { return c.compatibility(ctx, ref) },
		func(ctx context.Context) diag.Diagnostics { return c.mayCreate(ctx, machine) },
	})...)
}

// paired is about a primary that is in a pair already.
func (c *checks) paired(ctx context.Context, vmID string) diag.Diagnostics {
	pair, err := c.client.FaultTolerance(ctx, vmID)
	switch {
	case err != nil:
		return vm.CheckSkipped("that the virtual machine has no secondary yet", err)
	case pair.Role == vsphere.RoleSecondary || pair.SecondaryID != "":
		return diag.Diagnostics{c.alreadyPaired(ctx, pair, c.unseen)}
	default:
		return nil
	}
}

// failedOver is about a primary of the same state that is its pair's secondary by now: the replacement of the tainted pair would remove it.
func (c *checks) failedOver(ctx context.Context, ref tfdiag.Reference) diag.Diagnostics {
	pair, err := c.client.FaultTolerance(ctx, ref.ID)
	switch {
	case err != nil:
		return vm.CheckSkipped("which VM of the pair is the primary", err)
	case pair.Role != vsphere.RoleSecondary:
		return nil
	default:
		return diag.Diagnostics{tfdiag.FailBackFirst(ref.Attribute, ref.ID, pair.PrimaryID)}
	}
}

// unfit returns an error for a VM that can't be protected as it is; nil where nothing is known against it.
func unfit(ref tfdiag.Reference, machine *vsphere.VirtualMachine) diag.Diagnostic {
	ref.Name = machine.Name
	named := tfdiag.Named(machine.Name, ref.ID)
	switch {
	case machine.ConnectionState != "" && machine.ConnectionState != "connected":
		return tfdiag.UnreachableVM(ref, machine.ConnectionState)
	case machine.Template:
		return tfdiag.Conflict(ref.Attribute, named+" is a template",
			"A template never runs, so there is nothing to protect. Give a virtual machine")
	case machine.CurrentSnapshotID != "":
		return tfdiag.Conflict(ref.Attribute, named+" has snapshots",
			"A virtual machine with snapshots can't be made fault tolerant. Remove all of them first; the data source "+
				"vmfork_vsphere_snapshots lists them")
	default:
		return nil
	}
}

// cluster checks that the VM is in a cluster with vSphere HA.
func (c *checks) cluster(ctx context.Context, ref tfdiag.Reference, machine *vsphere.VirtualMachine) diag.Diagnostics {
	if machine.Placement.ClusterID == "" {
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, tfdiag.Named(machine.Name, ref.ID)+" is in no cluster",
			"Fault tolerance needs a cluster with vSphere HA. Move the virtual machine into one")}
	}
	cluster, err := vm.ReadObject(ctx, c.shared, c.client, vsphere.TypeCluster, machine.Placement.ClusterID)
	switch {
	case err != nil:
		return vm.CheckSkipped("that the cluster has vSphere HA", err)
	case !cluster.HighAvailability:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, tfdiag.Named(machine.Name, ref.ID)+" is in a cluster without vSphere HA",
			fmt.Sprintf("Fault tolerance needs it. Turn vSphere HA on in the cluster %s", inWords(cluster)))}
	default:
		return nil
	}
}

func inWords(object vsphere.Object) string {
	if object.Name == "" {
		return object.ID
	}

	return fmt.Sprintf("%q (%s)", object.Name, object.ID)
}

// compatibility asks vCenter what else keeps the VM from being made fault tolerant.
func (c *checks) compatibility(ctx context.Context, ref tfdiag.Reference) diag.Diagnostics {
	found, err := c.client.CheckFaultTolerance(ctx, ref.ID)
	if isTooOld(err) {
		return nil
	}
	if err != nil {
		return vm.CheckSkipped("that the virtual machine can be made fault tolerant", err)
	}
	var diags diag.Diagnostics
	for _, one := range found {
		diags.Append(tfdiag.NotFaultTolerable(ref, one.Err, one.Severity == vsphere.CheckError))
	}

	return diags
}

// unknownDisks returns an error for each disk that is named of the primary but that it does not have.
func unknownDisks(plan model, machine *vsphere.VirtualMachine) diag.Diagnostics {
	labels := make(map[string]string, len(machine.Disks))
	for key, disk := range machine.Disks {
		labels[key] = disk.Label
	}
	var diags diag.Diagnostics
	for _, key := range slices.Sorted(maps.Keys(plan.diskDatastores())) {
		if _, ok := machine.Disks[key]; !ok {
			diags.Append(tfdiag.UnknownDisk(path.Root("disk_datastores").AtMapKey(key), tfdiag.Named(machine.Name, machine.ID), key, labels))
		}
	}

	return diags
}

// host checks the host of the secondary, by itself and against the primary, which is nil while it is not known.
func (c *checks) host(ctx context.Context, primary *vsphere.VirtualMachine) diag.Diagnostics {
	ref := tfdiag.Reference{Attribute: path.Root("host_id"), What: "host", ID: c.config.HostID.ValueString()}
	if ref.ID == "" {
		return nil
	}
	host, diags := vm.CheckObject(ctx, c.shared, c.client, vsphere.TypeHost, ref)
	if len(diags) > 0 || primary == nil {
		return diags
	}
	switch {
	case primary.Placement.HostID == ref.ID:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, fmt.Sprintf("%s runs on the host %q itself", primary.ID, ref.ID),
			"The secondary must be on another host, or the failure of this one would take both. Give another host, or leave "+
				"host_id out")}
	case host.ClusterID != "" && primary.Placement.ClusterID != "" && host.ClusterID != primary.Placement.ClusterID:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, fmt.Sprintf("The host %q is not in the cluster of %s", ref.ID, primary.ID),
			fmt.Sprintf("The secondary must run in the primary's cluster %s. Give a host of it, or leave host_id out",
				primary.Placement.ClusterID))}
	default:
		return nil
	}
}

// datastores checks the datastores that the configuration names.
func (c *checks) datastores() []lifecycle.Check {
	named := []tfdiag.Reference{
		{Attribute: path.Root("metadata_datastore_id"), ID: c.config.MetadataDatastoreID.ValueString()},
		{Attribute: path.Root("config_datastore_id"), ID: c.config.ConfigDatastoreID.ValueString()},
	}
	disks := c.plan.diskDatastores()
	for _, key := range slices.Sorted(maps.Keys(disks)) {
		named = append(named, tfdiag.Reference{Attribute: path.Root("disk_datastores").AtMapKey(key), ID: disks[key]})
	}
	var questions []lifecycle.Check
	for _, ref := range named {
		if ref.ID == "" {
			continue
		}
		ref.What = "datastore"
		questions = append(questions, func(ctx context.Context) diag.Diagnostics {
			_, diags := vm.CheckObject(ctx, c.shared, c.client, vsphere.TypeDatastore, ref)

			return diags
		})
	}

	return questions
}

// metro checks that vCenter knows metro cluster pairs.
func (c *checks) metro(ctx context.Context) diag.Diagnostics {
	if c.plan.Metro.Equal(types.ObjectNull(metroTypes)) {
		return nil
	}
	about, err := c.client.About(ctx)
	if err != nil {
		return vm.CheckSkipped("that vCenter knows metro cluster pairs", err)
	}
	if !olderThan(about.APIVersion, metroVersion) {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("metro"), "This vCenter has no metro cluster pairs yet",
		fmt.Sprintf("They need version %s of its API, and it has %s. Remove metro, or upgrade vCenter", metroVersion, about.APIVersion))}
}

// olderThan compares dotted version numbers; a part that is missing or no number is 0.
func olderThan(version, wanted string) bool {
	parts := func(text string) []int {
		var numbers []int
		for part := range strings.SplitSeq(text, ".") {
			number, _ := strconv.Atoi(part)
			numbers = append(numbers, number)
		}

		return numbers
	}

	return slices.Compare(parts(version), parts(wanted)) < 0
}
