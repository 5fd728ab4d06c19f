package vsphereinstantclone

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration.
type model struct {
	vmlifecycle.Attributes

	Placement            types.Object `tfsdk:"placement"`
	NetworkInterfaces    types.Map    `tfsdk:"network_interfaces"`
	SerialPorts          types.Map    `tfsdk:"serial_ports"`
	ParallelPorts        types.Map    `tfsdk:"parallel_ports"`
	ExtraConfig          types.Map    `tfsdk:"extra_config"`
	ExtraConfigWO        types.Map    `tfsdk:"extra_config_wo"`
	ExtraConfigWOVersion types.Int64  `tfsdk:"extra_config_wo_version"`
	SourceFrozen         types.Bool   `tfsdk:"source_frozen"`
}

var placementTypes = map[string]attr.Type{
	"folder_id":        types.StringType,
	"resource_pool_id": types.StringType,
	"datastore_id":     types.StringType,
}

// Parts takes the placement apart.
func (m model) Parts() vmlifecycle.Placement { return vmlifecycle.PlacementOf(m.Placement) }

// Observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays.
func (m model) Observed(vm *vsphere.VirtualMachine) model {
	wanted := m.BIOSUUID
	m.Attributes = m.ObservedCommon(vm)
	if strings.EqualFold(wanted.ValueString(), m.BIOSUUID.ValueString()) {
		m.BIOSUUID = wanted // as the configuration spells it
	}
	m.Placement = m.Parts().Observed(vm).Object(placementTypes)
	m.NetworkInterfaces = cardsValue(observedCards(m.cards(), vm))

	return m
}

// see reads the VM, with its settings where the configuration manages any.
func (r *instantCloneResource) see(ctx context.Context, before model, id string) (*vsphere.VirtualMachine, error) {
	if len(texts(before.ExtraConfig)) > 0 {
		return r.client.VirtualMachineWithSettings(ctx, id)
	}

	return r.client.VirtualMachine(ctx, id)
}

// more adds the settings that the configuration manages, and once whether the source was frozen.
func (r *instantCloneResource) more(ctx context.Context, observed model, vm *vsphere.VirtualMachine) model {
	if observed.SourceFrozen.IsUnknown() || observed.SourceFrozen.IsNull() {
		observed.SourceFrozen = r.sourceFrozen(ctx, observed.SourceVMID.ValueString())
	}
	wanted := texts(observed.ExtraConfig)
	if len(wanted) == 0 {
		return observed
	}
	found := map[string]attr.Value{}
	for key := range wanted {
		if value, ok := vm.ExtraConfig[key]; ok {
			found[key] = types.StringValue(value)
		}
	}
	observed.ExtraConfig = types.MapValueMust(types.StringType, found)

	return observed
}

// sourceFrozen reports whether the source is frozen, null where that can't be learned: a source may be gone.
func (r *instantCloneResource) sourceFrozen(ctx context.Context, sourceID string) types.Bool {
	if sourceID == "" {
		return types.BoolNull()
	}
	source, err := r.source(ctx, sourceID)
	if err != nil {
		return types.BoolNull()
	}

	return types.BoolValue(source.InstantCloneFrozen)
}

// source reads the source; a phase of the CLI asks for each once.
func (r *instantCloneResource) source(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	return r.session.Sources.Get(ctx, id, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return r.client.VirtualMachine(ctx, id)
	})
}

// Keeping returns m with every value that the plan knows.
func (m model) Keeping(plan model) model {
	m.Attributes = m.KeepingCommon(plan.Attributes)
	m.Placement = m.Parts().Keeping(plan.Parts()).Object(placementTypes)
	m.ExtraConfig = plan.ExtraConfig
	m.SourceFrozen = lifecycle.Keep(plan.SourceFrozen, m.SourceFrozen)
	if plan.NetworkInterfaces.IsUnknown() {
		return m
	}
	observed, kept := m.cards(), map[string]card{}
	for key, wanted := range plan.cards() {
		kept[key] = wanted.keeping(observed[key])
	}
	m.NetworkInterfaces = cardsValue(kept)

	return m
}

// Bare returns m with the ids and with every other unknown value set to null.
func (m model) Bare(vmID, taskID string) model {
	m.Attributes = m.BareCommon(vmID, taskID)
	if m.Placement.IsUnknown() {
		m.Placement = types.ObjectNull(placementTypes)
	} else if !m.Placement.IsNull() {
		m.Placement = m.Parts().UnknownAsNull().Object(placementTypes)
	}
	m.SourceFrozen = lifecycle.NullIfUnknown(m.SourceFrozen, types.BoolNull())
	if m.NetworkInterfaces.IsUnknown() {
		m.NetworkInterfaces = types.MapNull(cardType())

		return m
	}
	if !m.NetworkInterfaces.IsNull() {
		known := map[string]card{}
		for key, wanted := range m.cards() {
			known[key] = wanted.keeping(card{})
		}
		m.NetworkInterfaces = cardsValue(known)
	}

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	parts := m.Parts()
	for _, wanted := range m.cards() {
		if !m.Known(wanted.values()...) {
			return false
		}
	}

	return m.Known(parts.FolderID, parts.ResourcePoolID, parts.DatastoreID, m.NetworkInterfaces, m.SourceFrozen)
}

// texts returns the known texts of a map.
func texts(from types.Map) map[string]string {
	found := map[string]string{}
	for key, element := range from.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			found[key] = text.ValueString()
		}
	}

	return found
}
