package vsphereinstantclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const argumentToRemove = "network_interfaces_to_remove"

func removedInterfacesAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: "Network interfaces of the source that the machine does not have, by device key or label. InstantClone_Task removes " +
			"none: the machine comes with them disconnected, and they are removed right after, while it runs. One that is added to the set, or " +
			"that comes back, is removed in place. One that is taken out of the set replaces the machine: it has to get the source's interface again.",
		ElementType: types.StringType, Optional: true,
		Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.NotEmpty())},
	}
}

// observedRemoved returns network_interfaces_to_remove without those that the VM has nevertheless.
func observedRemoved(before types.Set, found *vsphere.VirtualMachine) types.Set {
	labels := vm.InterfaceLabels(found)
	var gone []attr.Value
	for _, element := range before.Elements() {
		if name, ok := element.(types.String); ok && vm.DeviceKey(name.ValueString(), labels) == "" {
			gone = append(gone, element)
		}
	}
	if len(gone) == len(before.Elements()) {
		return before
	}

	return types.SetValueMust(types.StringType, gone)
}

// replacingRemoved returns the argument as it was and as it is planned, where an interface is taken out of it.
func (m model) replacingRemoved(prior model) [2]attr.Value {
	if m.NetworkInterfacesToRemove.IsUnknown() || len(interfaces.NewlyRemoved(m.NetworkInterfacesToRemove, prior.NetworkInterfacesToRemove)) > 0 {
		return [2]attr.Value{prior.NetworkInterfacesToRemove, m.NetworkInterfacesToRemove}
	}

	return [2]attr.Value{types.SetNull(types.StringType), types.SetNull(types.StringType)}
}

// removeSteps remove interfaces of a VM by their names, and read it again. What it does not have is no error.
func (a *adapter) removeSteps(id, action string, names []string) []lifecycle.Step[model] {
	if len(names) == 0 {
		return nil
	}

	return []lifecycle.Step[model]{{Action: action, Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		found, err := a.Client.VirtualMachine(ctx, id)
		if err != nil {
			return state, nil, err
		}
		var spec vsphere.ReconfigureSpec
		for _, name := range names {
			if key := vm.DeviceKey(name, vm.InterfaceLabels(found)); key != "" {
				spec.InterfacesToRemove = append(spec.InterfacesToRemove, key)
			}
		}
		if spec.Empty() {
			return state, nil, nil
		}
		err = a.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return a.Client.Reconfigure(ctx, id, spec) })
		if err != nil {
			return state, nil, err
		}
		if found, err = a.LoadVM(ctx, state, id); err != nil {
			return state, nil, err
		}

		return a.Observed(ctx, state, found), nil, nil
	}}}
}

// contradictingInterfaces returns an error for each interface that the configuration both has and removes.
func (m model) contradictingInterfaces() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, name := range lifecycle.TextsIn(m.NetworkInterfacesToRemove) {
		if _, both := m.NetworkInterfaces.Elements()[name]; both {
			diags.Append(bothWays(name))
		}
	}

	return diags
}

func bothWays(name string) diag.Diagnostic {
	return tfdiag.Conflict(path.Root("network_interfaces").AtMapKey(name),
		fmt.Sprintf("The network interface %q is both kept and removed", name),
		fmt.Sprintf("network_interfaces and network_interfaces_to_remove both name it. Take %q out of one of them", name))
}

// removedOf checks the interfaces to remove against the labels of the VM that has them, which is named.
func (c *checks) removedOf(
	of string, labels map[string]string, names []string,
	missing func(at path.Path, of, what, name string, known map[string]string) diag.Diagnostic,
) diag.Diagnostics {
	var diags diag.Diagnostics
	kept := map[string]string{}
	for name := range interfaces.In(c.config.NetworkInterfaces) {
		kept[vm.DeviceKey(name, labels)] = name
	}
	for _, name := range names {
		key := vm.DeviceKey(name, labels)
		if key == "" {
			diags.Append(missing(path.Root(argumentToRemove).AtSetValue(types.StringValue(name)), of, "network interface", name, labels))
		} else if other, both := kept[key]; both && other != name {
			diags.Append(bothWays(other))
		}
	}

	return diags
}

// ownRemoved checks that the VM has the interfaces that are to be removed.
func (c *checks) ownRemoved(ctx context.Context) diag.Diagnostics {
	names := interfaces.NewlyRemoved(c.prior.NetworkInterfacesToRemove, c.plan.NetworkInterfacesToRemove)
	if len(names) == 0 || c.imported {
		return nil
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	if err != nil {
		return c.Skipped("that the machine has the network interfaces that are removed", err)
	}

	return c.removedOf(c.prior.InWords(), vm.InterfaceLabels(found), names, tfdiag.RemovedDevice)
}
