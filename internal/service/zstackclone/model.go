package zstackclone

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// model is the resource in state, plan and configuration.
type model struct {
	Name              types.String    `tfsdk:"name"`
	SourceVMUUID      types.String    `tfsdk:"source_vm_uuid"`
	Strategy          types.String    `tfsdk:"strategy"`
	Full              types.Bool      `tfsdk:"full"`
	Description       types.String    `tfsdk:"description"`
	PowerOn           types.Bool      `tfsdk:"power_on"`
	AffinityGroupUUID types.String    `tfsdk:"affinity_group_uuid"`
	SystemTags        types.Set       `tfsdk:"system_tags"`
	UserTags          types.Set       `tfsdk:"user_tags"`
	RootVolume        types.Object    `tfsdk:"root_volume"`
	DataVolumes       types.Object    `tfsdk:"data_volumes"`
	ClusterUUID       types.String    `tfsdk:"cluster_uuid"`
	HostUUID          types.String    `tfsdk:"host_uuid"`
	DeleteMode        types.String    `tfsdk:"delete_mode"`
	ExpungeOnDestroy  types.Bool      `tfsdk:"expunge_on_destroy"`
	ShutdownTimeout   tfattr.Duration `tfsdk:"shutdown_timeout"`
	Timeouts          timeouts.Value  `tfsdk:"timeouts"`

	ID                 types.String `tfsdk:"id"`
	State              types.String `tfsdk:"state"`
	CurrentHostUUID    types.String `tfsdk:"current_host_uuid"`
	CurrentClusterUUID types.String `tfsdk:"current_cluster_uuid"`
	ZoneUUID           types.String `tfsdk:"zone_uuid"`
	ImageUUID          types.String `tfsdk:"image_uuid"`
	CPUCount           types.Int64  `tfsdk:"cpu_count"`
	MemoryBytes        types.Int64  `tfsdk:"memory_bytes"`
	IPAddresses        types.List   `tfsdk:"ip_addresses"`
	NetworkInterfaces  types.Map    `tfsdk:"network_interfaces"`
	RootVolumeUUID     types.String `tfsdk:"root_volume_uuid"`
	DataVolumeUUIDs    types.List   `tfsdk:"data_volume_uuids"`
	PendingJobUUID     types.String `tfsdk:"pending_job_uuid"`

	nics   []zstack.NICParam // of a VM that is about to be made; nil where they are the source's
	staged bool              // of a VM that is about to be made: it is made stopped, and started once it is as planned
}

// ObjectID returns the VM's UUID, empty while it is not known.
func (m model) ObjectID() string { return m.ID.ValueString() }

// ObjectName returns the VM's name.
func (m model) ObjectName() string { return m.Name.ValueString() }

// Pending reports whether the VM's creation was started and the VM is not known.
func (m model) Pending() bool { return m.ID.IsNull() }

// PendingTask returns the UUID of the job that creates a pending VM.
func (m model) PendingTask() string { return m.PendingJobUUID.ValueString() }

// OperationTimeouts returns the attribute timeouts.
func (m model) OperationTimeouts() timeouts.Value { return m.Timeouts }

// Identity returns the identity model. That of a pending VM is the empty text: a CLI that stores identities takes none that is null.
func (m model) Identity(string) any {
	return identityModel{UUID: types.StringValue(m.ID.ValueString())}
}

// strategy returns what to ask of ZStack.
func (m model) strategy() zstack.Strategy {
	switch {
	case m.staged:
		return zstack.StrategyCreateStopped
	case m.Strategy.ValueString() != "":
		return zstack.Strategy(m.Strategy.ValueString())
	case m.PowerOn.Equal(types.BoolValue(false)):
		return zstack.StrategyCreateStopped
	default:
		return zstack.StrategyInstantStart
	}
}

// cloneSpec returns the request that makes what is planned.
func (m model) cloneSpec() zstack.CloneSpec {
	return zstack.CloneSpec{
		SourceUUID:                      m.SourceVMUUID.ValueString(),
		Name:                            m.Name.ValueString(),
		Strategy:                        m.strategy(),
		Full:                            m.Full.ValueBool(),
		SystemTags:                      withTag(lifecycle.TextsIn(m.SystemTags), affinityGroupTag, m.AffinityGroupUUID),
		UserTags:                        lifecycle.TextsIn(m.UserTags),
		RootVolumeSystemTags:            withTag(lifecycle.TextsIn(setIn(m.RootVolume, "system_tags")), provisioningTag, lifecycle.StringIn(m.RootVolume, "provisioning_strategy")),
		DataVolumeSystemTags:            lifecycle.TextsIn(setIn(m.DataVolumes, "system_tags")),
		PrimaryStorageUUIDForRootVolume: lifecycle.StringIn(m.RootVolume, "primary_storage_uuid").ValueString(),
		PrimaryStorageUUIDForDataVolume: lifecycle.StringIn(m.DataVolumes, "primary_storage_uuid").ValueString(),
		ClusterUUID:                     m.ClusterUUID.ValueString(),
		HostUUID:                        m.HostUUID.ValueString(),
		NICs:                            m.nics,
	}
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays; so do cluster_uuid, host_uuid and the primary storages, which say where the VM is made and not where it is.
func (m model) observed(vm *zstack.VirtualMachine) model {
	m.Name = types.StringValue(vm.Name)
	if vm.Description != "" || m.Description.ValueString() != "" || m.Description.IsNull() || m.Description.IsUnknown() {
		m.Description = tfattr.StringOrNull(vm.Description)
	}
	if on, told := runs(vm.State); told || m.PowerOn.IsNull() || m.PowerOn.IsUnknown() {
		m.PowerOn = types.BoolValue(on)
	}

	m.ID = types.StringValue(vm.UUID)
	m.State = types.StringValue(string(vm.State))
	m.CurrentHostUUID = tfattr.StringOrNull(vm.HostUUID)
	m.CurrentClusterUUID = tfattr.StringOrNull(vm.ClusterUUID)
	m.ZoneUUID = tfattr.StringOrNull(vm.ZoneUUID)
	m.ImageUUID = tfattr.StringOrNull(vm.ImageUUID)
	m.CPUCount = types.Int64Value(vm.CPUCount)
	m.MemoryBytes = types.Int64Value(vm.MemoryBytes)
	m.IPAddresses = addresses(vm.NICs)
	m.NetworkInterfaces = observedInterfaces(m.NetworkInterfaces, vm.NICs)
	m.RootVolumeUUID = tfattr.StringOrNull(vm.RootVolumeUUID)
	if m.DataVolumeUUIDs.IsNull() || m.DataVolumeUUIDs.IsUnknown() { // the first look: later ones may show what others attached
		m.DataVolumeUUIDs = m.ownVolumes(vm)
	}
	m.PendingJobUUID = types.StringNull()

	return m
}

// ownVolumes returns the data volumes that were cloned with the VM, as they are at the first look. A full clone that is only a
// record gets them when it is first started: until then they are null.
func (m model) ownVolumes(vm *zstack.VirtualMachine) types.List {
	switch {
	case !m.Full.ValueBool():
		return textList(nil)
	case vm.State == zstack.VMCreated:
		return types.ListNull(types.StringType)
	default:
		return textList(dataVolumes(vm))
	}
}

// runs reports whether a VM in that state runs; told is false in a state that passes or is unknown, where the earlier value stays.
func runs(state zstack.VMState) (on, told bool) {
	return state == zstack.VMRunning, !state.Passing() && state != zstack.VMUnknown && state != zstack.VMNoState
}

// Keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then (an address, a host) shows at the next refresh.
func (m model) Keeping(plan model) model {
	m.Name = lifecycle.Keep(plan.Name, m.Name)
	m.Description = lifecycle.Keep(plan.Description, m.Description)
	m.PowerOn = lifecycle.Keep(plan.PowerOn, m.PowerOn)
	m.AffinityGroupUUID = lifecycle.Keep(plan.AffinityGroupUUID, m.AffinityGroupUUID)
	m.SystemTags = lifecycle.Keep(plan.SystemTags, m.SystemTags)
	m.UserTags = lifecycle.Keep(plan.UserTags, m.UserTags)

	before, after := plan.computed(), m.computed()
	for i := range after.texts {
		*after.texts[i] = lifecycle.Keep(*before.texts[i], *after.texts[i])
	}
	m.CPUCount = lifecycle.Keep(plan.CPUCount, m.CPUCount)
	m.MemoryBytes = lifecycle.Keep(plan.MemoryBytes, m.MemoryBytes)
	m.IPAddresses = lifecycle.Keep(plan.IPAddresses, m.IPAddresses)
	if !plan.NetworkInterfaces.IsUnknown() {
		m.NetworkInterfaces = lifecycle.KeepElements[networkInterface](plan.NetworkInterfaces, m.NetworkInterfaces)
	}
	m.DataVolumeUUIDs = lifecycle.Keep(plan.DataVolumeUUIDs, m.DataVolumeUUIDs)

	return m
}

// Bare returns m with the ids, which are null where they are empty, and with every other unknown value null: what can be put
// in state when the platform has not told.
func (m model) Bare(vmUUID, jobUUID string) model {
	for _, text := range m.computed().texts {
		*text = lifecycle.NullIfUnknown(*text, types.StringNull())
	}
	m.ID, m.PendingJobUUID = tfattr.StringOrNull(vmUUID), tfattr.StringOrNull(jobUUID)
	m.Description = lifecycle.NullIfUnknown(m.Description, types.StringNull())
	m.PowerOn = lifecycle.NullIfUnknown(m.PowerOn, types.BoolNull())
	m.CPUCount = lifecycle.NullIfUnknown(m.CPUCount, types.Int64Null())
	m.MemoryBytes = lifecycle.NullIfUnknown(m.MemoryBytes, types.Int64Null())
	m.IPAddresses = lifecycle.NullIfUnknown(m.IPAddresses, types.ListNull(types.StringType))
	m.NetworkInterfaces = lifecycle.BareElements[networkInterface](m.NetworkInterfaces)
	m.DataVolumeUUIDs = lifecycle.NullIfUnknown(m.DataVolumeUUIDs, types.ListNull(types.StringType))

	return m
}

// computedTexts are the attributes that only the platform sets and that are texts.
type computedTexts struct{ texts []*types.String }

func (m *model) computed() computedTexts {
	return computedTexts{[]*types.String{
		&m.ID, &m.State, &m.CurrentHostUUID, &m.CurrentClusterUUID, &m.ZoneUUID, &m.ImageUUID, &m.RootVolumeUUID,
		&m.PendingJobUUID,
	}}
}

// dataVolumes returns the uuids of a VM's own data volumes, in the order of their device ids. A volume that several VMs share
// is none of them: a clone has it in common with its source.
func dataVolumes(vm *zstack.VirtualMachine) []string {
	volumes := slices.DeleteFunc(slices.Clone(vm.Volumes), func(v zstack.Volume) bool {
		return v.Type != zstack.VolumeData || v.Shareable
	})
	slices.SortFunc(volumes, func(a, b zstack.Volume) int {
		return cmp.Or(cmp.Compare(a.DeviceID, b.DeviceID), cmp.Compare(a.UUID, b.UUID))
	})
	uuids := make([]string, len(volumes))
	for i, volume := range volumes {
		uuids[i] = volume.UUID
	}

	return uuids
}

// addresses returns the value of ip_addresses.
func addresses(nics []zstack.NIC) types.List {
	var ips []string
	for _, nic := range inOrder(nics) {
		if nic.IP != "" {
			ips = append(ips, nic.IP)
		}
	}

	return textList(ips)
}

func textList(all []string) types.List {
	elements := make([]attr.Value, len(all))
	for i, text := range all {
		elements[i] = types.StringValue(text)
	}

	return types.ListValueMust(types.StringType, elements)
}

// listed returns the elements of a list of texts; nil where there are none.
func listed(list types.List) []string {
	var all []string
	for _, element := range list.Elements() {
		if text, ok := element.(types.String); ok && text.ValueString() != "" {
			all = append(all, text.ValueString())
		}
	}

	return all
}
