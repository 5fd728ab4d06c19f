package vsphereclone

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// hardware is the part of the model for what the machine is configured with beside its devices.
type hardware struct {
	settings.Annotation
	settings.ExtraConfig
}

func hardwareAttributes() map[string]schema.Attribute {
	all := map[string]schema.Attribute{"annotation": settings.AnnotationAttribute()}
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
	spec.Annotation = h.AnnotationEdit(state.Annotation)
	spec.ExtraConfig = h.SettingsEdit(config.ExtraConfig, state.ExtraConfig)
}

// observedHardware returns what is managed as the machine has it.
func (h hardware) observedHardware(found *vsphere.VirtualMachine) hardware {
	h.Annotation = h.ObservedAnnotation(found)
	h.ExtraConfig = h.ObservedSettings(found)

	return h
}
