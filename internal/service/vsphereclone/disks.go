package vsphereclone

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// disks is the part of the model for what becomes of the source's disks.
type disks struct {
	DisksToRemove types.Set `tfsdk:"disks_to_remove"`
	DisksToUpdate types.Map `tfsdk:"disks_to_update"`
}

func disksAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"disks_to_remove": disksToRemoveAttribute(),
		"disks_to_update": disksToUpdateAttribute(),
	}
}

func disksToRemoveAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: "Disks of the source that the clone does not get, by device key, such as `[\"2001\"]`. The data source " +
			"`vmfork_vsphere_virtual_machine` lists them. A change replaces the machine.",
		ElementType: types.StringType,
		Optional:    true,
		Validators: []validator.Set{
			setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.DiskKey()),
		},
	}
}

func disksToUpdateAttribute() schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		MarkdownDescription: "Disks of the source that go to a datastore of their own, by device key. They stay there when " +
			"`placement.datastore_id` changes. A change replaces the machine.",
		Optional:   true,
		Validators: []validator.Map{mapvalidator.KeysAre(tfattr.DiskKey())},
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"datastore_id": schema.StringAttribute{
					MarkdownDescription: "Managed object id of the disk's datastore, such as `datastore-12`.",
					Required:            true,
					Validators:          []validator.String{tfattr.VSphereID(tfattr.VSphereDatastore)},
				},
			},
		},
	}
}

// newDisks adds to the request of a clone.
func (d disks) newDisks(spec *vsphere.CloneSpec) {
	spec.DisksToRemove, spec.DisksToUpdate = d.disksToRemove(), d.disksToUpdate()
}

// replacingDisks returns the arguments whose change replaces the machine, as they were and as they are planned.
func (d disks) replacingDisks(prior disks) map[string][2]attr.Value {
	return map[string][2]attr.Value{
		"disks_to_remove": {prior.DisksToRemove, d.DisksToRemove},
		"disks_to_update": {prior.DisksToUpdate, d.DisksToUpdate},
	}
}

// disksToRemove returns the known keys of disks_to_remove, sorted; nil where there are none.
func (d disks) disksToRemove() []string { return textsIn(d.DisksToRemove) }

// textsIn returns the known texts of a set, sorted; nil where there are none.
func textsIn(set types.Set) []string {
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)

	return texts
}

// disksToUpdate returns the datastore of each disk in disks_to_update, "" where it is not known yet; nil where there are
// none.
func (d disks) disksToUpdate() map[string]string {
	if len(d.DisksToUpdate.Elements()) == 0 {
		return nil
	}
	datastores := make(map[string]string, len(d.DisksToUpdate.Elements()))
	for key, element := range d.DisksToUpdate.Elements() {
		datastores[key] = ""
		if update, ok := element.(types.Object); ok {
			datastores[key] = lifecycle.StringIn(update, "datastore_id").ValueString()
		}
	}

	return datastores
}

// diskLabels returns the label of each disk by its key, for texts.
func diskLabels(disks map[string]vsphere.Disk) map[string]string {
	labels := make(map[string]string, len(disks))
	for _, key := range slices.Sorted(maps.Keys(disks)) {
		labels[key] = disks[key].Label
	}

	return labels
}
