package vsphereobject

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// checkNetwork refuses arguments about networks where no network is looked for, and a switch of what has none.
func (m model) checkNetwork() diag.Diagnostics {
	var diags diag.Diagnostics
	for name, value := range map[string]types.String{"network_type": m.NetworkType, "switch_id": m.SwitchID} {
		if value.ValueString() != "" && !m.Type.IsUnknown() && m.Type.ValueString() != string(vsphere.TypeNetwork) {
			diags.Append(tfdiag.Conflict(attrpath.Root(name), "Only networks have "+name,
				fmt.Sprintf("It chooses one of several networks of one name. Leave it out for the type %q", m.Type.ValueString())))
		}
	}
	kind := m.NetworkType
	if m.SwitchID.ValueString() != "" && kind.ValueString() != "" && kind.ValueString() != string(vsphere.DistributedPortgroup) {
		diags.Append(tfdiag.Conflict(attrpath.Root("switch_id"), "Only a distributed port group is of a switch",
			fmt.Sprintf("A network of the type %q has no distributed switch. Leave out switch_id or network_type", kind.ValueString())))
	}

	return diags
}

// choose returns those of the found objects that are as the configuration wants them.
func (m model) choose(found []vsphere.Object) []vsphere.Object {
	return slices.DeleteFunc(slices.Clone(found), func(object vsphere.Object) bool {
		return !m.NetworkType.IsNull() && m.NetworkType.ValueString() != string(object.Network) ||
			!m.SwitchID.IsNull() && m.SwitchID.ValueString() != object.SwitchID
	})
}

// chosenBy returns the argument that chooses.
func (m model) chosenBy() attrpath.Path {
	if m.SwitchID.IsNull() {
		return attrpath.Root("network_type")
	}

	return attrpath.Root("switch_id")
}

// with returns the state of the data source that found the object.
func (m model) with(object vsphere.Object) model {
	m.ID, m.Name = types.StringValue(object.ID), types.StringValue(object.Name)
	m.NetworkType, m.SwitchID = tfattr.StringOrNull(string(object.Network)), tfattr.StringOrNull(object.SwitchID)

	return m
}

// candidates lists objects for a diagnostic, networks with their kinds and their switches.
func (d *dataSource) candidates(ctx context.Context, found []vsphere.Object) []tfdiag.Candidate {
	list := vm.Candidates(found)
	switches := map[string]string{}
	if slices.ContainsFunc(found, func(object vsphere.Object) bool { return object.SwitchID != "" }) {
		switches, _ = d.client.SwitchNames(ctx) // without an answer, ids alone tell them apart
	}
	for i, object := range found {
		list[i].Note = string(object.Network)
		if id := object.SwitchID; id != "" {
			list[i].Note += " of the switch " + tfdiag.Named(switches[id], id)
		}
	}

	return list
}

// instead says how to choose one of several objects.
func instead(kind vsphere.ObjectType) string {
	if kind == vsphere.TypeNetwork {
		return "Set network_type or switch_id to choose one, or its whole path where they differ in that. Where several are left, use the id itself " +
			"instead of this data source."
	}

	return "Give the whole path of one of them."
}
