package vsphereclone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checks compares a plan with the live inventory. Only what is about to change is looked at, and nothing that is not known
// yet. The questions are asked all at once: the client makes few requests of them, together with those of the other
// resources that are planned at the same time.
type checks struct {
	resource     *cloneResource
	config, plan model
	prior        *model // nil for a new VM
	replaces     bool   // the CLI plans the replacement once more, as a new VM: that is when it is checked
	refused      sync.Once
}

// finding is what one check has to say.
type finding func(ctx context.Context) diag.Diagnostics

// run makes the checks and returns what they found, in a fixed order.
func (c *checks) run(ctx context.Context) diag.Diagnostics {
	var questions []finding
	switch {
	case c.prior == nil:
		questions = append(c.placement(nil), c.source, c.customization)
		questions = append(questions, c.disks()...)
	case !c.replaces && !c.prior.pending():
		questions = append(c.placement(c.prior), c.newName)
	}

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

// source checks the VM to clone, the disks that are named of it, and the name that the clone gets: where no folder is set
// that is the source's.
func (c *checks) source(ctx context.Context) diag.Diagnostics {
	folder := c.config.parts().FolderID
	if c.plan.SourceVMID.IsUnknown() {
		return c.name(ctx, folder)
	}
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_id"), What: "source VM", ID: c.plan.SourceVMID.ValueString()}
	source, err := c.resource.session.sources.get(ctx, ref.ID, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return c.resource.client.VirtualMachine(ctx, ref.ID)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return c.skipped("that the source can be cloned", err)
	case source.ConnectionState != "" && source.ConnectionState != "connected":
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is "+source.ConnectionState)}
	}

	if folder.IsNull() {
		folder = types.StringValue(source.Placement.FolderID)
	}
	diags := c.name(ctx, folder)
	diags.Append(unknownDisks(&c.plan, source)...)
	diags.Append(homeless(c.config.parts(), source)...)

	return diags
}

// homeless returns an error for the clone of a template that the configuration gives no place to run: a template has no
// resource pool that the clone could take over.
func homeless(wanted placement, source *vsphere.VirtualMachine) diag.Diagnostics {
	if !source.Template || !wanted.ResourcePoolID.IsNull() || !wanted.ClusterID.IsNull() || !wanted.HostID.IsNull() {
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
			diags.Append(tfdiag.UnknownDisk(at, source.ID, key, diskLabels(source.Disks)))
		}
	}
	for _, key := range plan.disksToRemove() {
		missing(path.Root("disks_to_remove").AtSetValue(types.StringValue(key)), key)
	}
	for _, key := range slices.Sorted(maps.Keys(plan.disksToUpdate())) {
		missing(path.Root("disks_to_update").AtMapKey(key), key)
	}

	return diags
}

// newName checks the name of a VM that is renamed or moved.
func (c *checks) newName(ctx context.Context) diag.Diagnostics {
	folder := c.plan.parts().FolderID
	if c.plan.Name.Equal(c.prior.Name) && folder.Equal(c.prior.parts().FolderID) {
		return nil
	}

	return c.name(ctx, folder)
}

// name checks that the VM's name is free in the folder. A VM of that name which is in state goes first: this is the
// replacement of a tainted VM, which the CLI plans as if there were none.
func (c *checks) name(ctx context.Context, folder types.String) diag.Diagnostics {
	if c.plan.Name.IsUnknown() || folder.IsUnknown() || folder.ValueString() == "" {
		return nil
	}
	named, err := c.resource.client.VMsNamed(ctx, folder.ValueString(), c.plan.Name.ValueString())
	if err != nil {
		return c.skipped("that the name is free", err)
	}
	for _, vm := range named {
		if c.prior != nil && vm.ID == c.prior.ID.ValueString() || c.prior == nil && c.resource.session.claims.has(vm.ID) {
			continue
		}

		return diag.Diagnostics{c.plan.creation().AlreadyExists(c.resource.origin(ctx, vm))}
	}

	return nil
}

// customization checks that the customization specification exists.
func (c *checks) customization(ctx context.Context) diag.Diagnostics {
	name := c.plan.customizationSpec()
	if name.IsNull() || name.IsUnknown() {
		return nil
	}
	exists, err := c.resource.session.specs.get(ctx, name.ValueString(), func(ctx context.Context) (bool, error) {
		return c.resource.client.CustomizationSpecExists(ctx, name.ValueString())
	})
	switch {
	case err != nil:
		return c.skipped("that the customization specification exists", err)
	case !exists:
		return diag.Diagnostics{tfdiag.MissingObject(tfdiag.Reference{
			Attribute: path.Root("guest_customization_spec").AtName("name"), What: "customization specification",
			ID: name.ValueString(),
		})}
	default:
		return nil
	}
}

// disks checks the datastores of single disks.
func (c *checks) disks() []finding {
	var questions []finding
	updates := c.plan.disksToUpdate()
	for _, key := range slices.Sorted(maps.Keys(updates)) {
		at := path.Root("disks_to_update").AtMapKey(key).AtName("datastore_id")
		if updates[key] != "" {
			questions = append(questions, func(ctx context.Context) diag.Diagnostics {
				_, diags := c.object(ctx, vsphere.TypeDatastore, tfdiag.Reference{Attribute: at, What: "datastore", ID: updates[key]})

				return diags
			})
		}
	}

	return questions
}

// object checks that one object exists and can be used.
func (c *checks) object(ctx context.Context, kind vsphere.ObjectType, ref tfdiag.Reference) (vsphere.Object, diag.Diagnostics) {
	object, err := c.resource.session.objects.get(ctx, string(kind)+" "+ref.ID, func(ctx context.Context) (vsphere.Object, error) {
		return c.resource.client.Object(ctx, kind, ref.ID)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return object, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return object, c.skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case !object.Accessible:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is not accessible")}
	case object.Maintenance:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is in maintenance mode")}
	default:
		return object, nil
	}
}

// skipped is about a question that the platform did not answer. Then apply finds out, unless the provider's configuration
// is why: an apply would fail like that too. That is told once, whichever question met it first.
func (c *checks) skipped(what string, err error) diag.Diagnostics {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		switch failure.Code {
		case apierr.CodeInvalidLogin, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch, apierr.CodeNotVCenter:
			var diags diag.Diagnostics
			c.refused.Do(func() { diags.Append(tfdiag.FromError(connecting(), err)) })

			return diags
		}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, what, err)}
}
