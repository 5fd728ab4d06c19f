package settings

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Annotation is the part of a model for a VM's annotation. A null one is not managed.
type Annotation struct {
	Annotation types.String `tfsdk:"annotation"`
}

// AnnotationAttribute returns the attribute of [Annotation].
func AnnotationAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "The machine's notes (`config.annotation`). Unset: the source's, and they are not managed. A change is made in " +
			"place.",
		Optional:   true,
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

// ObservedAnnotation returns the annotation as the VM has it, null where it is not managed.
func (a Annotation) ObservedAnnotation(found *vsphere.VirtualMachine) Annotation {
	if !a.Annotation.IsNull() {
		a.Annotation = types.StringValue(found.Annotation)
	}

	return a
}

// AnnotationEdit returns the annotation that the plan a wants in place of the state's, nil where it stays.
func (a Annotation) AnnotationEdit(state Annotation) *string {
	if !lifecycle.Changed(state.Annotation, a.Annotation) {
		return nil
	}

	return a.Annotation.ValueStringPointer()
}
