package zstackclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// checks compares a plan with the inventory: what is about to change, as far as it is known.
type checks struct {
	*adapter

	config model
	plan   model
	prior  *model // nil for a new VM
	// creating and unseen are those of [lifecycle.Planned].
	creating, unseen bool
}

// Check implements [lifecycle.Adapter].
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	c := &checks{adapter: a, config: planned.Config, plan: planned.Plan, prior: planned.Prior, creating: planned.Creating, unseen: planned.Unseen}
	var questions []lifecycle.Check
	switch {
	case c.prior == nil:
		questions = []lifecycle.Check{c.source, c.hostOfCluster, c.newInterfaces}
		if !planned.Creating { // a creation waits for its name
			questions = append(questions, c.name)
		}
		for _, ref := range c.plan.references() {
			questions = append(questions, func(ctx context.Context) diag.Diagnostics { return c.object(ctx, ref) })
		}
	case !planned.Replaces && !c.prior.Pending():
		questions = []lifecycle.Check{c.hardware, c.interfaces}
		if !c.plan.Name.Equal(c.prior.Name) {
			questions = append(questions, c.name)
		}
	}

	return lifecycle.RunChecks(ctx, questions)
}

// source checks the VM to clone.
func (c *checks) source(ctx context.Context) diag.Diagnostics {
	uuid := c.plan.SourceVMUUID.ValueString()
	if uuid == "" {
		return nil
	}
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_uuid"), What: "source VM", ID: uuid, Platform: tfdiag.ZStack}
	source, err := c.sourceVM(ctx, uuid)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return c.skipped("that the source can be cloned", err)
	}
	ref.Name = source.Name
	switch {
	case gone(source.State):
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is destroyed, and only the recycle bin still has it")}
	case source.State == zstack.VMRunning || source.State == zstack.VMPaused || source.State == zstack.VMStopped,
		source.State.Passing():
		return nil
	default:
		return diag.Diagnostics{tfdiag.UnusableObject(ref,
			fmt.Sprintf("it is %s, and only a machine that is Running, Paused or Stopped can be cloned", source.State))}
	}
}

// name checks that no other VM has the name. One that is in state may have it: the same plan may destroy or rename that one, also where this
// is the replacement of a tainted VM, which the CLI plans as if there were none. The apply waits for it: see [lifecycle.Names].
func (c *checks) name(ctx context.Context) diag.Diagnostics {
	if c.plan.Name.IsUnknown() {
		return nil
	}
	name := c.plan.Name.ValueString()
	if c.prior == nil && c.shared.Registry.Pending(typeName, name) {
		return nil
	}
	named, err := c.client.VirtualMachinesNamed(ctx, name)
	if err != nil {
		return c.skipped("that the name is free", err)
	}
	for _, vm := range named {
		if gone(vm.State) || c.prior != nil && vm.UUID == c.prior.ID.ValueString() {
			continue
		}
		switch c.shared.HolderOf(ctx, vm.UUID, c.prior == nil) {
		case lifecycle.HolderManaged:
		case lifecycle.HolderForeign:
			return diag.Diagnostics{c.plan.Creation().AlreadyExists(c.existing(&vm, c.unseen))}
		case lifecycle.HolderUnknown:
			return tfdiag.ForNow(diag.Diagnostics{c.plan.Creation().AlreadyExists(c.existing(&vm, true))})
		}
	}

	return nil
}

// hostOfCluster checks that the host is in the cluster, where the configuration names both.
func (c *checks) hostOfCluster(ctx context.Context) diag.Diagnostics {
	cluster, host := c.plan.ClusterUUID.ValueString(), c.plan.HostUUID.ValueString()
	if cluster == "" || host == "" {
		return nil
	}
	found, err := c.ask(ctx, zstack.TypeHost, host)
	if err != nil || found.ClusterUUID == "" || found.ClusterUUID == cluster {
		return nil // what can't be asked says object
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("host_uuid"), "The host is not in the cluster",
		fmt.Sprintf("Host %s is in the cluster %s, not in cluster_uuid = %q. Give a host of that cluster, or remove one of "+
			"cluster_uuid and host_uuid", host, found.ClusterUUID, cluster))}
}

// object checks that an object exists and can be used.
func (c *checks) object(ctx context.Context, ref reference) diag.Diagnostics {
	if ref.ID == "" {
		return nil
	}
	object, err := c.ask(ctx, ref.kind, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref.Reference)}
	case err != nil:
		return c.skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case object.State != "" && object.State != "Enabled":
		ref.Name = object.Name

		return diag.Diagnostics{tfdiag.UnusableObject(ref.Reference, "it is "+object.State)}
	default:
		return nil
	}
}

func (c *checks) ask(ctx context.Context, objectType zstack.ObjectType, uuid string) (zstack.Object, error) {
	return lifecycle.Once(ctx, c.shared, string(objectType)+" "+uuid, func(ctx context.Context) (zstack.Object, error) {
		return c.client.Object(ctx, objectType, uuid)
	})
}

// skipped describes a question that the platform did not answer: the apply finds out. Where the provider's configuration is the reason,
// the apply would fail as well, so that is an error.
func (c *checks) skipped(what string, err error) diag.Diagnostics {
	if apierr.NeedsConfiguration(err) {
		return diag.Diagnostics{tfdiag.FromError(lifecycle.Connecting(tfdiag.ZStack), err)}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.ZStack, what, err)}
}
