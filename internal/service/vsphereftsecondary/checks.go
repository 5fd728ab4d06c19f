package vsphereftsecondary

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// metroVersion is the API version that brought metro cluster pairs.
const metroVersion = "8.0.3"

// checks compares the plan of a new secondary with the live inventory. The questions are asked all at once: the client makes
// few requests of them, together with those of the other resources that are planned at the same time.
type checks struct {
	resource     *secondaryResource
	config, plan model
}

// finding is what one check has to say.
type finding func(ctx context.Context) diag.Diagnostics

// run makes the checks and returns what they found, in a fixed order.
func (c *checks) run(ctx context.Context) diag.Diagnostics {
	questions := []finding{c.primary, c.metro}
	questions = append(questions, c.datastores()...)
	answers := make([]diag.Diagnostics, len(questions))
	var group sync.WaitGroup
	for i, ask := range questions {
		group.Go(func() { answers[i] = ask(ctx) })
	}
	group.Wait()

	var all diag.Diagnostics
	for _, answer := range answers {
		all.Append(answer...)
	}

	return all
}

// primary checks the VM to protect, and what is named of it.
func (c *checks) primary(ctx context.Context) diag.Diagnostics {
	if c.plan.PrimaryVMID.IsUnknown() {
		return c.host(ctx, nil)
	}
	ref := tfdiag.Reference{Attribute: path.Root("primary_vm_id"), What: "virtual machine", ID: c.plan.PrimaryVMID.ValueString()}
	vm, err := c.resource.client.VirtualMachine(ctx, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return skipped("that the virtual machine can be made fault tolerant", err)
	}

	diags := c.host(ctx, vm)
	diags.Append(unknownDisks(&c.plan, vm)...)
	if vm.FaultToleranceRole != vsphere.RoleNone && !c.resource.session.claimed(vm.ID) {
		return append(diags, c.paired(ctx, vm.ID)...)
	}
	if vm.FaultToleranceRole != vsphere.RoleNone {
		return diags // the pair that is in state goes first
	}
	if problem := unfit(ref, vm); problem != nil {
		return append(diags, problem)
	}
	diags.Append(c.cluster(ctx, ref, vm)...)
	if diags.HasError() {
		return diags
	}

	return append(diags, c.compatibility(ctx, ref)...)
}

// paired is about a primary that is in a pair already.
func (c *checks) paired(ctx context.Context, vmID string) diag.Diagnostics {
	pair, err := c.resource.client.FaultTolerance(ctx, vmID)
	switch {
	case err != nil:
		return skipped("that the virtual machine has no secondary yet", err)
	case pair.Role == vsphere.RoleSecondary || pair.SecondaryID != "":
		return diag.Diagnostics{alreadyPaired(pair)}
	default:
		return nil
	}
}

// unfit returns an error for a VM that can't be protected as it is; nil where nothing is known against it.
func unfit(ref tfdiag.Reference, vm *vsphere.VirtualMachine) diag.Diagnostic {
	switch {
	case vm.ConnectionState != "" && vm.ConnectionState != "connected":
		return tfdiag.UnusableObject(ref, "it is "+vm.ConnectionState)
	case vm.Template:
		return tfdiag.Conflict(ref.Attribute, ref.ID+" is a template",
			"A template never runs, so there is nothing to protect. Give a virtual machine")
	case vm.CurrentSnapshotID != "":
		return tfdiag.Conflict(ref.Attribute, ref.ID+" has snapshots",
			"A virtual machine with snapshots can't be made fault tolerant. Remove all of them first; the data source "+
				"vmfork_vsphere_snapshots lists them")
	default:
		return nil
	}
}

// cluster checks that the VM is in a cluster with vSphere HA.
func (c *checks) cluster(ctx context.Context, ref tfdiag.Reference, vm *vsphere.VirtualMachine) diag.Diagnostics {
	if vm.Placement.ClusterID == "" {
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, ref.ID+" is in no cluster",
			"Fault tolerance needs a cluster with vSphere HA. Move the virtual machine into one")}
	}
	cluster, err := c.inventory(ctx, vsphere.TypeCluster, vm.Placement.ClusterID)
	switch {
	case err != nil:
		return skipped("that the cluster has vSphere HA", err)
	case !cluster.HighAvailability:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, fmt.Sprintf("%s is in a cluster without vSphere HA", ref.ID),
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
	found, err := c.resource.client.CheckFaultTolerance(ctx, ref.ID)
	if isTooOld(err) {
		return nil
	}
	if err != nil {
		return skipped("that the virtual machine can be made fault tolerant", err)
	}
	var diags diag.Diagnostics
	for _, one := range found {
		diags.Append(tfdiag.NotFaultTolerable(ref, one.Err, one.Severity == vsphere.CheckError))
	}

	return diags
}

// unknownDisks returns an error for each disk that is named of the primary but that it does not have.
func unknownDisks(plan *model, vm *vsphere.VirtualMachine) diag.Diagnostics {
	labels := make(map[string]string, len(vm.Disks))
	for key, disk := range vm.Disks {
		labels[key] = disk.Label
	}
	var diags diag.Diagnostics
	for _, key := range slices.Sorted(maps.Keys(plan.diskDatastores())) {
		if _, ok := vm.Disks[key]; !ok {
			diags.Append(tfdiag.UnknownDisk(path.Root("disk_datastores").AtMapKey(key), vm.ID, key, labels))
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
	host, diags := c.object(ctx, vsphere.TypeHost, ref)
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
func (c *checks) datastores() []finding {
	named := []tfdiag.Reference{
		{Attribute: path.Root("metadata_datastore_id"), ID: c.config.MetadataDatastoreID.ValueString()},
		{Attribute: path.Root("config_datastore_id"), ID: c.config.ConfigDatastoreID.ValueString()},
	}
	disks := c.plan.diskDatastores()
	for _, key := range slices.Sorted(maps.Keys(disks)) {
		named = append(named, tfdiag.Reference{Attribute: path.Root("disk_datastores").AtMapKey(key), ID: disks[key]})
	}
	var questions []finding
	for _, ref := range named {
		if ref.ID == "" {
			continue
		}
		ref.What = "datastore"
		questions = append(questions, func(ctx context.Context) diag.Diagnostics {
			_, diags := c.object(ctx, vsphere.TypeDatastore, ref)

			return diags
		})
	}

	return questions
}

// object checks that one object exists and can be used.
func (c *checks) object(ctx context.Context, kind vsphere.ObjectType, ref tfdiag.Reference) (vsphere.Object, diag.Diagnostics) {
	object, err := c.inventory(ctx, kind, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return object, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return object, skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case !object.Accessible:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is not accessible")}
	case object.Maintenance:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is in maintenance mode")}
	default:
		return object, nil
	}
}

// inventory reads an object that many pairs have in common.
func (c *checks) inventory(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error) {
	return c.resource.session.objects.Get(ctx, string(kind)+" "+id, func(ctx context.Context) (vsphere.Object, error) {
		return c.resource.client.Object(ctx, kind, id)
	})
}

// metro checks that vCenter knows metro cluster pairs.
func (c *checks) metro(ctx context.Context) diag.Diagnostics {
	if c.plan.Metro.Equal(types.ObjectNull(metroTypes)) {
		return nil
	}
	about, err := c.resource.client.About(ctx)
	if err != nil {
		return skipped("that vCenter knows metro cluster pairs", err)
	}
	if !olderThan(about.APIVersion, metroVersion) {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("metro"), "This vCenter has no metro cluster pairs yet",
		fmt.Sprintf("They need version %s of its API, and it has %s. Remove metro, or upgrade vCenter", metroVersion, about.APIVersion))}
}

// olderThan compares dotted version numbers; a part that is missing or no number counts as 0.
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

// skipped is about a question that the platform did not answer. Then apply finds out, unless the provider's configuration
// is why: an apply would fail like that too.
func skipped(what string, err error) diag.Diagnostics {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		switch failure.Code {
		case apierr.CodeInvalidLogin, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch, apierr.CodeNotVCenter:
			return diag.Diagnostics{tfdiag.FromError(connecting(), err)}
		}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, what, err)}
}
