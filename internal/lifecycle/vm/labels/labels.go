package labels

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// The arguments.
var (
	tagsArgument       = path.Root("tags")
	attributesArgument = path.Root("custom_attributes")
)

// Labels is the part of a model for tags and custom attributes. What is null of it is not managed.
type Labels struct {
	Tags             types.Set `tfsdk:"tags"`
	CustomAttributes types.Map `tfsdk:"custom_attributes"`
}

// Attributes returns the attributes of [Labels].
func Attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tags": schema.SetAttribute{
			MarkdownDescription: "Ids of the machine's tags, such as `urn:vmomi:InventoryServiceTag:…:GLOBAL`: all of them. A tag that another " +
				"client attaches is drift, and is taken off; `[]` takes off all. Unset: tags are not managed, and those that the machine has stay. " +
				"They are attached as soon as the machine is made, and changed in place. The data source `vmfork_vsphere_object` finds a tag by its " +
				"category and name, and `vsphere_tag` of the provider `vsphere` exports the same id.",
			ElementType: types.StringType,
			Optional:    true,
			Validators:  []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.VSphereTagID())},
		},
		"custom_attributes": schema.MapAttribute{
			MarkdownDescription: "The machine's custom attributes by name. Only those that are named here are managed, since backup software " +
				"and the like keep notes of their own in others; the value of one that is taken out is removed. An attribute must be defined in " +
				"vCenter, for virtual machines or for all objects. They are set as soon as the machine is made, and changed in place, by one " +
				"request each.",
			ElementType: types.StringType,
			Optional:    true,
			Validators: []validator.Map{
				mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key()), mapvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
			},
		},
	}
}

// ManagedLabels returns the labels.
func (l Labels) ManagedLabels() Labels { return l }

// Extras returns what has to be read of a VM besides what is always read.
func (l Labels) Extras() vsphere.Extras {
	return vsphere.Extras{Tags: !l.Tags.IsNull(), CustomAttributes: len(l.CustomAttributes.Elements()) > 0}
}

// ObservedLabels returns what is managed as the VM has it.
func (l Labels) ObservedLabels(found *vsphere.VirtualMachine) Labels {
	if !l.Tags.IsNull() {
		l.Tags = lifecycle.TextSet(found.Tags)
	}
	if managed := l.CustomAttributes.Elements(); len(managed) > 0 {
		present := map[string]attr.Value{}
		for name := range managed {
			if value, ok := found.CustomAttributes[name]; ok {
				present[name] = types.StringValue(value)
			}
		}
		l.CustomAttributes = types.MapValueMust(types.StringType, present)
	}

	return l
}

// tagEdit returns the tags that the plan l attaches and detaches, of a VM that has others.
func (l Labels) tagEdit(present []string) (attach, detach []string) {
	wanted := lifecycle.TextsIn(l.Tags)
	attach = slices.DeleteFunc(slices.Clone(wanted), func(id string) bool { return slices.Contains(present, id) })
	detach = slices.DeleteFunc(slices.Clone(present), func(id string) bool { return slices.Contains(wanted, id) })

	return attach, detach
}

// attributeEdit returns the values by name that bring the custom attributes from the state to the plan l; an empty one is taken away.
func (l Labels) attributeEdit(state Labels) map[string]string {
	edit := map[string]string{}
	present, wanted := settings.Texts(state.CustomAttributes), settings.Texts(l.CustomAttributes)
	for name := range present {
		if _, stays := wanted[name]; !stays {
			edit[name] = ""
		}
	}
	for name, value := range wanted {
		if there, ok := present[name]; !ok || there != value {
			edit[name] = value
		}
	}

	return edit
}

// paths returns the arguments that errors of tags and of custom attributes are about, by what they name.
func (l Labels) paths(names map[string]string) map[string]path.Path {
	found := map[string]path.Path{}
	for _, id := range lifecycle.TextsIn(l.Tags) {
		found[id] = tagsArgument
	}
	for name := range maps.Keys(names) {
		found[name] = attributesArgument.AtMapKey(name)
	}

	return found
}
