package tfattr

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// IDAttribute returns the computed `id` of a resource that a task makes. It keeps the prior state's value, but not a null
// one: an object whose task is pending has no id yet, and gets one in an update.
func IDAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
	}
}

// PendingTaskIDAttribute returns the computed `pending_task_id` of a resource that a task makes. The resource itself plans
// its value: null, or unknown while it is set.
func PendingTaskIDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "Id of the task that makes the object, while its end has not been seen: an apply was interrupted " +
			"or ran out of time. The next plan looks what became of it, and the next apply adopts the object. Null otherwise.",
		Computed: true,
	}
}

// DurationAttribute returns an optional argument that takes a positive length of time, such as "5m".
func DurationAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          DurationType{},
		Optional:            true,
	}
}
