package vsphereclone

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// disks is the part of the model for the machine's disks.
type disks struct {
	DisksToRemove      types.Set  `tfsdk:"disks_to_remove"`
	DisksToUpdate      types.Map  `tfsdk:"disks_to_update"`
	DisksToAdd         types.Map  `tfsdk:"disks_to_add"`
	OwnDisks           types.Map  `tfsdk:"own_disks"`
	DeleteForeignDisks types.Bool `tfsdk:"delete_foreign_disks"`

	whole []string // keys of the disks that were observed and stand on no other file, sorted
}

func disksAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"disks_to_remove": schema.SetAttribute{
			MarkdownDescription: "Disks of the source that the clone does not get, by device key, such as `[\"2001\"]`. The data source " +
				"`vmfork_vsphere_virtual_machine` lists them. A change replaces the machine.",
			ElementType: types.StringType,
			Optional:    true,
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.DiskKey()),
			},
		},
		"disks_to_update": vmdisks.UpdatesAttribute(),
		"disks_to_add":    vmdisks.AddedAttribute(),
		"own_disks": schema.MapAttribute{
			MarkdownDescription: "The machine's own disks, by device key, each with the UUID of its file: those that it was made with, and " +
				"those of `disks_to_add`. Every other disk was attached by others.",
			ElementType:   types.StringType,
			Computed:      true,
			PlanModifiers: []planmodifier.Map{mapplanmodifier.UseNonNullStateForUnknown()},
		},
		"delete_foreign_disks": schema.BoolAttribute{
			MarkdownDescription: "Whether disks that others have attached since, such as volumes of Kubernetes, are deleted with the machine. Unset, or " +
				"`false`: they are detached before the machine is destroyed, and stay. The plan of the destroy names them.",
			Optional: true,
		},
	}
}

// newDisks adds to the request of a clone.
func (d disks) newDisks(spec *vsphere.CloneSpec) {
	spec.DisksToRemove, spec.DisksToUpdate = d.disksToRemove(), d.disksToUpdate()
	for key, update := range vmdisks.UpdatesIn(d.DisksToUpdate) {
		edit := vsphere.DiskEdit{CapacityBytes: vmdisks.Bytes(update.CapacityGiB), Mode: update.Mode.ValueString()}
		if edit != (vsphere.DiskEdit{}) {
			if spec.Config.Disks == nil {
				spec.Config.Disks = map[string]vsphere.DiskEdit{}
			}
			spec.Config.Disks[key] = edit
		}
		if provisioning := update.Provisioning.ValueString(); provisioning != "" {
			if spec.DiskProvisioning == nil {
				spec.DiskProvisioning = map[string]vsphere.Provisioning{}
			}
			spec.DiskProvisioning[key] = vsphere.Provisioning(provisioning)
		}
		if policy := update.StoragePolicyID.ValueString(); policy != "" {
			if spec.DiskPolicies == nil {
				spec.DiskPolicies = map[string]string{}
			}
			spec.DiskPolicies[key] = policy
		}
	}
}

// wantedDisks returns what the plan d wants of disks that are there, by key.
func (d disks) wantedDisks() map[string]vmdisks.Wanted {
	return vmdisks.WantedOf(d.DisksToUpdate, d.DisksToAdd)
}

// reconfigureDisks adds to the reconfiguration what the plan d wants otherwise than the state: before is the state, of which present are the
// disks that the platform has told.
func (d disks) reconfigureDisks(before disks, present map[string]vsphere.Disk, spec *vsphere.ReconfigureSpec) {
	modes, policies := vmdisks.Modes(before.wantedDisks()), before.diskPolicies()
	for key, wanted := range d.wantedDisks() {
		disk := present[key]
		disk.Mode = modes[key]
		edit := wanted.Edit(disk)
		if wanted.ChangesPolicy(policies[key]) {
			edit.StoragePolicyID = wanted.StoragePolicyID.ValueString()
		}
		if edit != (vsphere.DiskEdit{}) {
			if spec.Disks == nil {
				spec.Disks = map[string]vsphere.DiskEdit{}
			}
			spec.Disks[key] = edit
		}
	}
	dropped := vmdisks.Dropped(before.DisksToAdd, d.DisksToAdd)
	for _, key := range slices.Sorted(maps.Keys(dropped)) {
		spec.DisksToRemove = append(spec.DisksToRemove, vsphere.DiskRemoval{Key: key, Delete: true})
	}
}

// observedDisks returns what is managed of the disks as the machine has it. known are the disks of the state.
func (d disks) observedDisks(known map[string]vsphere.Disk, found *vsphere.VirtualMachine) disks {
	d.DisksToUpdate = vmdisks.UpdatesObserved(d.DisksToUpdate, found)
	d.DisksToAdd = vmdisks.AddedObserved(d.DisksToAdd, found)
	d.OwnDisks = vmdisks.Own(d.OwnDisks, known, d.DisksToAdd, found.Disks)
	d.whole = slices.DeleteFunc(slices.Sorted(maps.Keys(found.Disks)), func(key string) bool { return found.Disks[key].Parent != "" })

	return d
}

// keepingDisks returns the disks with every value that the plan knows.
func (d disks) keepingDisks(plan disks) disks {
	d.DisksToRemove, d.DisksToUpdate, d.DeleteForeignDisks = plan.DisksToRemove, plan.DisksToUpdate, plan.DeleteForeignDisks
	d.DisksToAdd = vmdisks.AddedKept(plan.DisksToAdd, d.DisksToAdd)
	d.OwnDisks = lifecycle.Keep(plan.OwnDisks, d.OwnDisks)

	return d
}

// bareDisks returns the disks with every unknown value null.
func (d disks) bareDisks() disks {
	d.DisksToAdd = vmdisks.AddedBare(d.DisksToAdd)
	d.OwnDisks = lifecycle.NullIfUnknown(d.OwnDisks, types.MapNull(types.StringType))

	return d
}

// replacingDisks returns the arguments whose change replaces the machine, as they were and as they are planned.
func (d disks) replacingDisks(prior disks) map[string][2]attr.Value {
	return map[string][2]attr.Value{"disks_to_remove": {prior.DisksToRemove, d.DisksToRemove}}
}

// disksToRemove returns the known keys of disks_to_remove, sorted; nil where there are none.
func (d disks) disksToRemove() []string { return lifecycle.TextsIn(d.DisksToRemove) }

// disksToUpdate returns the datastore of each disk that disks_to_update places, as far as it is known; nil where there are none.
func (d disks) disksToUpdate() map[string]string {
	var datastores map[string]string
	for key, update := range vmdisks.UpdatesIn(d.DisksToUpdate) {
		if id := update.DatastoreID.ValueString(); id != "" {
			if datastores == nil {
				datastores = map[string]string{}
			}
			datastores[key] = id
		}
	}

	return datastores
}
