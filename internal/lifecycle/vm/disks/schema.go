package disks

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const (
	capacityText = "Capacity in GiB, such as `16.5`. It grows in place, also while the machine runs, unless the disk stands on another " +
		"file (a snapshot, a linked clone). A smaller capacity than the disk has is an error of the plan."
	provisioningText = "How the disk takes its space: `thin`, `thick` (at once, zeroed when written to) or `eager_zeroed` (at once, zeroed at " +
		"once). Applies when the disk is made; a change is an error of the plan."
	modeText = "The disk's mode: `persistent`, `independent_persistent` (snapshots leave it out) or `independent_nonpersistent` (changes are " +
		"lost at power-off). It changes in place while the machine is off and has no snapshot."
)

const policyText = "Id of the disk's storage policy, a UUID, which the data source `vmfork_vsphere_object` finds by name. It changes in place. " +
	"The account needs `StorageProfile.View`. "

func policyAttribute(unset string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: policyText + unset, Optional: true, Validators: []validator.String{tfattr.UUID()},
	}
}

func capacityRules() []validator.Number { return []validator.Number{capacity{}} }

func datastoreRules() []validator.String {
	return []validator.String{tfattr.VSphereID(tfattr.VSphereDatastore)}
}

func provisioningRules() []validator.String {
	return []validator.String{tfattr.OneOf(string(vsphere.Thin), string(vsphere.Thick), string(vsphere.EagerZeroed))}
}

func modeRules() []validator.String {
	return []validator.String{tfattr.OneOf("persistent", "independent_persistent", "independent_nonpersistent")}
}

// UpdatesAttribute returns the argument disks_to_update.
func UpdatesAttribute() schema.MapNestedAttribute {
	text := func(description string, rules []validator.String) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: rules}
	}

	return schema.MapNestedAttribute{
		MarkdownDescription: "Disks of the source that the machine has otherwise, by device key, such as `\"2000\"`. What is left out of a disk " +
			"is the source's, and does not drift. A disk that the machine does not have any more is an error of the plan.",
		Optional:   true,
		Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.DiskKey())},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"datastore_id": text("Managed object id of the disk's datastore, such as `datastore-12`. The disk stays there when "+
				"`placement.datastore_id` changes. A change relocates the disk.", datastoreRules()),
			"capacity_gib": schema.NumberAttribute{MarkdownDescription: capacityText, Optional: true, Validators: capacityRules()},
			"provisioning": text(provisioningText, provisioningRules()),
			"mode":         text(modeText, modeRules()),

			"storage_policy_id": policyAttribute("Unset: it is not managed."),
		}},
	}
}

// AddedAttribute returns the argument disks_to_add.
func AddedAttribute() schema.MapNestedAttribute {
	text := func(description string, rules []validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: len(rules) > 0, Computed: true, Validators: rules,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
		}
	}

	return schema.MapNestedAttribute{
		MarkdownDescription: "Disks that the machine has beside those of its source, by a name of yours. They are made with the machine, and " +
			"added in place later. One that is taken out of the configuration is removed from the machine **and its file is deleted**; " +
			"the plan warns of that. One that was removed outside Terraform is made again, empty.",
		Optional:   true,
		Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key())},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"capacity_gib": schema.NumberAttribute{MarkdownDescription: capacityText, Required: true, Validators: capacityRules()},
			"datastore_id": text("Managed object id of the disk's datastore, such as `datastore-12`. Unset: that of the machine's configuration "+
				"files. A change relocates the disk.", datastoreRules()),
			"provisioning": text(provisioningText+" Unset: as the datastore does it.", provisioningRules()),
			"mode":         text(modeText+" Unset: `persistent`.", modeRules()),

			"storage_policy_id": policyAttribute("Unset: the datastore's default policy, and it is not managed."),
			"controller": text("The disk's controller: its kind (`scsi`, `nvme`, `sata`, `ide`) and its number, such as `scsi0` or `nvme1`. A "+
				"controller that the machine does not have is added, for SCSI a paravirtual one, and stays when the disk goes. Unset: the "+
				"first one with a free place. A change is an error of the plan.", []validator.String{controller{}}),
			"unit_number": schema.Int64Attribute{
				MarkdownDescription: "The disk's place on its controller: 0 to 15 without 7 for SCSI (to 63 for newer paravirtual ones), 0 to 14 " +
					"for NVMe (to 63 on newer hardware), 0 to 29 for SATA, 0 or 1 for IDE. Unset: the first free one. A change is an error of " +
					"the plan.",
				Optional: true, Computed: true,
				Validators:    []validator.Int64{int64validator.Between(0, 63)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.UseNonNullStateForUnknown()},
			},
			"key": text("The disk's device key, such as `2001`.", nil),
		}},
	}
}

// capacity checks a number of GiB.
type capacity struct{}

// Description says what the capacity must be.
func (capacity) Description(context.Context) string {
	return fmt.Sprintf("must be more than 0 and at most %d", largestGiB)
}

// MarkdownDescription says what the capacity must be.
func (c capacity) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateNumber checks a known value.
func (c capacity) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	size := req.ConfigValue.ValueBigFloat()
	if size.Sign() <= 0 || size.Cmp(big.NewFloat(largestGiB)) > 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid capacity",
			fmt.Sprintf("%s is no capacity of a disk in GiB; it %s.", size.String(), c.Description(ctx)))
	}
}

// controller checks the name of a storage controller.
type controller struct{}

// Description says what the name must be.
func (controller) Description(context.Context) string {
	return "must be a kind of controller and its number: scsi0 to scsi3, nvme0 to nvme3, sata0 to sata3, ide0 or ide1"
}

// MarkdownDescription says what the name must be.
func (c controller) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString checks a known value.
func (c controller) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, _, ok := vsphere.KindOfController(req.ConfigValue.ValueString()); !ok {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid controller",
			fmt.Sprintf("%s is no controller; it %s.", tfattr.Quoted(req.ConfigValue.ValueString()), c.Description(ctx)))
	}
}
