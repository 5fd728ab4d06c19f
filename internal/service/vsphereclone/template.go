package vsphereclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checkTemplate refuses what a template can't do.
func (m model) checkTemplate() diag.Diagnostics {
	if !m.Template.ValueBool() {
		return nil
	}
	var diags diag.Diagnostics
	excluded := func(name, why string) {
		diags.Append(tfdiag.Conflict(path.Root(name), "A template does not run", why))
	}
	if m.PowerOn.ValueBool() {
		excluded("power_on", "It can't be powered on. Leave out power_on, or clone the template")
	}
	if !m.WaitForGuestIP.IsNull() {
		excluded("wait_for_guest_ip", "It never reports an IP address. Leave out wait_for_guest_ip")
	}
	if !m.GuestCustomizationSpec.IsNull() {
		excluded("guest_customization_spec", "Its guest is not customized: vCenter ignores that. Customize the clones of the template")
	}

	return diags
}

// leavesTemplate reports whether the plan m makes a machine of what the state says is a template.
func (m model) leavesTemplate(state model) bool {
	return state.Template.ValueBool() && m.Template.Equal(types.BoolValue(false))
}

// becomesTemplate reports whether the plan m wants a template, and the state does not say that the machine is one.
func (m model) becomesTemplate(state model) bool {
	return m.Template.ValueBool() && !state.Template.ValueBool()
}

// forecastPool plans the place of a template that becomes a machine: unless they are known, it gets a pool and a host.
func (m model) forecastPool(config, prior model) model {
	parts := m.Parts()
	if prior.Parts().ResourcePoolID.IsNull() {
		parts.ResourcePoolID = lifecycle.UnknownUnlessSet(parts.ResourcePoolID, config.Parts().ResourcePoolID)
		m.Placement = parts.Object(placementTypes)
	}
	m.HostID = types.StringUnknown()

	return m
}

// machinePlace describes the place that a template gets as it becomes a machine: what the configuration says, else where it was before.
func machinePlace(config, plan, state model) vm.Placing {
	wanted, planned, present := config.Parts(), plan.Parts(), state.Parts()

	return vm.Placing{
		Name: plan.ObjectName(),
		Wanted: vsphere.Placement{
			ResourcePoolID: planned.ResourcePoolID.ValueString(), HostID: wanted.HostID.ValueString(),
			ClusterID: wanted.ClusterID.ValueString(),
		},
		Present: vsphere.Placement{
			HostID: state.HostID.ValueString(), ClusterID: present.ClusterID.ValueString(), DatastoreID: present.DatastoreID.ValueString(),
		},
	}
}

// unmarkSteps make a machine of a template, at the place that the plan wants, and move it where relocation would.
func (a *adapter) unmarkSteps(change lifecycle.Change[model], relocation vsphere.RelocateSpec) []lifecycle.Step[model] {
	id := change.State.ObjectID()
	steps := []lifecycle.Step[model]{{
		Action: "make a machine of the template",
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			to, err := a.Place(ctx, machinePlace(change.Config, change.Plan, change.State))
			if err == nil {
				err = a.mark(ctx, id, false, func(ctx context.Context) error {
					return a.client.MarkAsVirtualMachine(ctx, id, to.ResourcePoolID, to.HostID)
				})
			}
			if err == nil {
				place := state.Parts()
				place.HostID = lifecycle.Keep(change.Plan.Parts().HostID, types.StringNull())
				state.Placement, state.Template = place.Object(placementTypes), types.BoolValue(false)
			}

			return state, nil, err
		},
	}}
	if relocation.FolderID != "" {
		steps = append(steps, a.MoveStep(id, relocation.FolderID, change.Plan.ObjectName()))
	}

	return steps
}

// markSteps make a template of the machine, where the change does. The state need not tell whether it is one already.
func (a *adapter) markSteps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	if !change.Plan.becomesTemplate(change.State) {
		return nil
	}
	id := change.State.ObjectID()

	return []lifecycle.Step[model]{{
		Action: "make a template of",
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			err := a.mark(ctx, id, true, func(ctx context.Context) error { return a.client.MarkAsTemplate(ctx, id) })
			if err == nil {
				state.Template = types.BoolValue(true)
			}

			return state, nil, err
		},
	}}
}

// mark makes the machine a template or not, unless it is so already. It tries again while the machine is busy, and sends a request whose
// answer was lost once more, unless that has done it.
func (a *adapter) mark(ctx context.Context, id string, template bool, send func(ctx context.Context) error) error {
	return lifecycle.Again(ctx, &lifecycle.BusyOrLostOnce{}, func(ctx context.Context) error {
		found, err := a.client.VirtualMachine(ctx, id)
		if err != nil || found.Template == template {
			return err
		}

		return send(ctx)
	})
}

// marking checks that a machine can be made a template, or a template a machine, and that no template is reconfigured.
func (c *checks) marking(ctx context.Context) diag.Diagnostics {
	at := path.Root("template")
	switch {
	case c.plan.becomesTemplate(*c.prior) && c.plan.PowerOn.ValueBool():
		return diag.Diagnostics{tfdiag.Conflict(at, fmt.Sprintf("%s runs", c.prior.InWords()),
			"vSphere makes a template only of a machine that is powered off. Set power_on = false as well: the same apply powers it off first")}
	case c.plan.leavesTemplate(*c.prior):
		return c.machinePlace(ctx)
	case c.prior.Template.ValueBool():
		reconfigures := reconfiguration(c.change())
		reconfigures.Annotation = nil // a template takes that
		if !reconfigures.Empty() || c.plan.addsDevices() {
			return diag.Diagnostics{tfdiag.Conflict(at, "The hardware of a template can't be changed",
				"Set template = false and a place to run to change it, or replace the template: "+tfdiag.Command("apply -replace")+" does that")}
		}
	}

	return nil
}

// machinePlace checks that there is a place for a template that becomes a machine.
func (c *checks) machinePlace(ctx context.Context) diag.Diagnostics {
	placing, parts := machinePlace(c.config, c.plan, *c.prior), c.config.Parts()
	if parts.Unknown() {
		return nil
	}
	if placing.Wanted == (vsphere.Placement{}) {
		return diag.Diagnostics{tfdiag.Conflict(path.Root("placement"), "A machine needs a place to run",
			fmt.Sprintf("%s is a template, which has no resource pool. Set placement.resource_pool_id, placement.cluster_id or placement.host_id",
				c.prior.InWords()))}
	}

	return c.HostFound(ctx, placing)
}
