package vsphereclone

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// hardware is the part of the model for what the machine is configured with beside its devices. What is null of it is not managed.
type hardware struct {
	settings.Annotation
	settings.ExtraConfig

	CPU    types.Object `tfsdk:"cpu"`
	Memory types.Object `tfsdk:"memory"`
}

func hardwareAttributes() map[string]schema.Attribute {
	all := map[string]schema.Attribute{
		"annotation": settings.AnnotationAttribute(),
		"cpu":        cpuAttribute(),
		"memory":     memoryAttribute(),
	}
	maps.Copy(all, settings.ExtraConfigAttributes())

	return all
}

// newHardware adds to the configuration of a clone. config has what the plan does not: secrets.
func (h hardware) newHardware(config hardware, spec *vsphere.ReconfigureSpec) {
	h.reconfigureHardware(config, hardware{}, spec)
	spec.ExtraConfig = h.NewSettings(config.ExtraConfig)
}

// reconfigureHardware adds to the reconfiguration what the plan h wants otherwise than the state.
func (h hardware) reconfigureHardware(config, state hardware, spec *vsphere.ReconfigureSpec) {
	spec.CPU = cpuOf(h.CPU).edit(cpuOf(state.CPU))
	spec.Memory = memoryOf(h.Memory).edit(memoryOf(state.Memory))
	spec.Annotation = h.AnnotationEdit(state.Annotation)
	spec.ExtraConfig = h.SettingsEdit(config.ExtraConfig, state.ExtraConfig)
}

// observedHardware returns what is managed as the machine has it.
func (h hardware) observedHardware(found *vsphere.VirtualMachine) hardware {
	if !h.CPU.IsNull() {
		h.CPU = cpuOf(h.CPU).observed(found.CPU).object()
	}
	if !h.Memory.IsNull() {
		h.Memory = memoryOf(h.Memory).observed(found.Memory).object()
	}
	h.Annotation = h.ObservedAnnotation(found)
	h.ExtraConfig = h.ObservedSettings(found)

	return h
}

// configNames begin the name of a field of the machine's configuration in errors of CloneVM_Task and of ReconfigVM_Task.
var configNames = []string{"", "spec.config.", "configSpec.", "spec."}

// hardwareAttributesOf returns the argument that each field of a request is about.
func hardwareAttributesOf() map[string]path.Path {
	cpu, memory := path.Root("cpu"), path.Root("memory")
	found := map[string]path.Path{}
	for field, at := range map[string]path.Path{
		"numCPUs": cpu.AtName("count"), "numCoresPerSocket": cpu.AtName("cores_per_socket"), "cpuHotAddEnabled": cpu.AtName("hot_add"),
		"cpuAllocation": cpu, "cpuAllocation.reservation": cpu.AtName("reservation_mhz"), "cpuAllocation.limit": cpu.AtName("limit_mhz"),
		"cpuAllocation.shares": cpu.AtName("shares"),
		"memoryMB":             memory.AtName("size_mib"), "memoryHotAddEnabled": memory.AtName("hot_add"), "memoryAllocation": memory,
		"memoryAllocation.reservation": memory.AtName("reservation_mib"), "memoryAllocation.limit": memory.AtName("limit_mib"),
		"memoryAllocation.shares": memory.AtName("shares"),
		"annotation":              path.Root("annotation"), "extraConfig": path.Root("extra_config"),
		"vmProfile.profileId": path.Root(argumentPolicy),
	} {
		for _, prefix := range configNames {
			found[prefix+field] = at
		}
	}

	return found
}
