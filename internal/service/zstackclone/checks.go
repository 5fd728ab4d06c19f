package zstackclone

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// checks compares a plan with the live inventory. Only what is about to change is looked at, and nothing that is not known
// yet.
type checks struct {
	resource *cloneResource
	plan     *model
	prior    *model // nil for a new VM
	replaces bool   // the CLI plans the replacement once more, as a new VM: that is when it is checked

	refused sync.Once
}

// run makes the checks and returns what they found, in a fixed order.
func (c *checks) run(ctx context.Context) diag.Diagnostics {
	var questions []lifecycle.Check
	switch {
	case c.prior == nil:
		questions = []lifecycle.Check{c.source, c.name, c.hostOfCluster}
		for _, ref := range c.plan.references() {
			questions = append(questions, func(ctx context.Context) diag.Diagnostics {
				_, diags := c.object(ctx, ref)

				return diags
			})
		}
	case !c.replaces && !c.prior.pending() && !c.plan.Name.Equal(c.prior.Name):
		questions = []lifecycle.Check{c.name}
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
	source, err := c.resource.session.sources.Get(ctx, uuid, func(ctx context.Context) (*zstack.VirtualMachine, error) {
		return c.resource.client.VirtualMachine(ctx, uuid)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return c.skipped("that the source can be cloned", err)
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

// name checks that no other VM has the name. For a new VM, one of that name which is in state goes first: this is the
// replacement of a tainted VM, which the CLI plans as if there were none.
func (c *checks) name(ctx context.Context) diag.Diagnostics {
	if c.plan.Name.IsUnknown() {
		return nil
	}
	name := c.plan.Name.ValueString()
	if _, awaited := c.resource.session.awaited.Load(name); c.prior == nil && (awaited || c.resource.seen.Awaits(typeName, name)) {
		return nil
	}
	named, err := c.resource.client.VirtualMachinesNamed(ctx, name)
	if err != nil {
		return c.skipped("that the name is free", err)
	}
	for _, vm := range named {
		if gone(vm.State) || c.prior != nil && vm.UUID == c.prior.ID.ValueString() ||
			c.prior == nil && (c.resource.session.claims.Has(vm.UUID) || c.resource.seen.Has(vm.UUID)) {
			continue
		}

		return diag.Diagnostics{c.plan.creation().AlreadyExists(c.resource.existing(&vm))}
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
func (c *checks) object(ctx context.Context, ref reference) (zstack.Object, diag.Diagnostics) {
	if ref.ID == "" {
		return zstack.Object{}, nil
	}
	object, err := c.ask(ctx, ref.kind, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return object, diag.Diagnostics{tfdiag.MissingObject(ref.Reference)}
	case err != nil:
		return object, c.skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case object.State != "" && object.State != "Enabled":
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref.Reference, "it is "+object.State)}
	default:
		return object, nil
	}
}

func (c *checks) ask(ctx context.Context, kind zstack.ObjectType, uuid string) (zstack.Object, error) {
	return c.resource.session.objects.Get(ctx, string(kind)+" "+uuid, func(ctx context.Context) (zstack.Object, error) {
		return c.resource.client.Object(ctx, kind, uuid)
	})
}

// skipped is about a question that the platform did not answer. Then apply finds out, unless the provider's configuration is
// why: an apply would fail like that too. That is told once, whichever question met it first.
func (c *checks) skipped(what string, err error) diag.Diagnostics {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		if failure.Kind == apierr.Unauthenticated || failure.Code == apierr.CodeNotZStack || failure.Code == "HTTP 403" {
			var diags diag.Diagnostics
			c.refused.Do(func() {
				diags.Append(tfdiag.FromError(tfdiag.Operation{Action: "connect to ZStack", Platform: tfdiag.ZStack}, err))
			})

			return diags
		}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.ZStack, what, err)}
}
