package vsphereclone

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// argumentPolicy is the argument of [storagePolicy], and of an element of disks_to_update and disks_to_add.
const argumentPolicy = "storage_policy_id"

// storagePolicy is the part of the model for the storage policy of the machine's configuration files. A null one is not managed. The
// policies of disks are parts of theirs.
type storagePolicy struct {
	StoragePolicyID types.String `tfsdk:"storage_policy_id"`
}

func storagePolicyAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		argumentPolicy: schema.StringAttribute{
			MarkdownDescription: "Id of the storage policy of the machine's configuration files, a UUID, which the data source " +
				"`vmfork_vsphere_object` finds by name (type `storage_policy`). The policies of disks are set in `disks_to_update` and " +
				"`disks_to_add`. Unset: it is not managed. A change is made in place. The account needs `StorageProfile.View`.",
			Optional:   true,
			Validators: []validator.String{tfattr.UUID()},
		},
	}
}

// reconfigurePolicy adds to the reconfiguration the policy that the plan p wants in place of the state's.
func (p storagePolicy) reconfigurePolicy(state storagePolicy, spec *vsphere.ReconfigureSpec) {
	if lifecycle.Changed(state.StoragePolicyID, p.StoragePolicyID) {
		spec.StoragePolicyID = p.StoragePolicyID.ValueString()
	}
}

// diskPolicies returns the managed policies of disks that are there, by device key.
func (d disks) diskPolicies() map[string]types.String {
	return vmdisks.PoliciesWanted(d.DisksToUpdate, d.DisksToAdd)
}

// Read implements [lifecycle.Adapter]. The storage policies that are managed take a request more, one for all machines that are read
// within a few milliseconds. Policies that can't be read stay as they are in the state, with a warning.
func (a *adapter) Read(ctx context.Context, before model, id string) (model, diag.Diagnostics, error) {
	state, diags, err := a.Adapter.Read(ctx, before, id)
	if err != nil {
		return state, diags, err
	}
	state, err = a.withPolicies(ctx, state)
	if err != nil {
		diags.Append(tfdiag.PoliciesUnread(state.InWords(), err))
	}

	return state, diags, nil
}

// withPolicies returns the state with the storage policies that are managed as the machine has them.
func (a *adapter) withPolicies(ctx context.Context, state model) (model, error) {
	var wanted []vsphere.Policied
	if !state.StoragePolicyID.IsNull() {
		wanted = append(wanted, vsphere.Policied{VMID: state.ObjectID()})
	}
	for _, key := range slices.Sorted(maps.Keys(state.diskPolicies())) {
		wanted = append(wanted, vsphere.Policied{VMID: state.ObjectID(), DiskKey: key})
	}
	policies, errs := make([]string, len(wanted)), make([]error, len(wanted))
	var group sync.WaitGroup
	for i, of := range wanted {
		group.Go(func() { policies[i], errs[i] = a.client.StoragePolicyOf(ctx, of) })
	}
	group.Wait()
	found := map[string]string{}
	for i, of := range wanted {
		switch {
		case apierr.Is(errs[i], apierr.NotFound): // the machine is going
		case errs[i] != nil:
			return state, errs[i]
		case of.DiskKey == "":
			state.StoragePolicyID = tfattr.StringOrNull(policies[i])
		default:
			found[of.DiskKey] = policies[i]
		}
	}
	state.DisksToUpdate, state.DisksToAdd = vmdisks.PoliciesObserved(state.DisksToUpdate, state.DisksToAdd, found)

	return state, nil
}

// storagePolicies checks that the storage policies exist that the plan gives. They are asked for only where one is given.
func (c *checks) storagePolicies(ctx context.Context) diag.Diagnostics {
	given := c.givenPolicies()
	if len(given) == 0 {
		return nil
	}
	ids, err := lifecycle.Once(ctx, c.Shared, "storage policies", c.client.StoragePolicyIDs)
	if err != nil {
		return c.Skipped("that the storage policies exist", err)
	}
	var diags diag.Diagnostics
	for _, policy := range given {
		if !slices.Contains(ids, policy.ID) {
			diags.Append(tfdiag.MissingObject(policy))
		}
	}

	return diags
}

// givenPolicies returns the known storage policies of the plan that are not in the state already, in the order of the arguments.
func (c *checks) givenPolicies() []tfdiag.Reference {
	var (
		given []tfdiag.Reference
		prior model
	)
	if c.prior != nil {
		prior = *c.prior
	}
	add := func(at path.Path, before, wanted types.String) {
		if id := wanted.ValueString(); id != "" && !wanted.Equal(before) {
			given = append(given, tfdiag.Reference{Attribute: at, What: "storage policy", ID: id})
		}
	}
	add(path.Root(argumentPolicy), prior.StoragePolicyID, c.plan.StoragePolicyID)
	updates, before := vmdisks.UpdatesIn(c.plan.DisksToUpdate), vmdisks.UpdatesIn(prior.DisksToUpdate)
	for _, key := range slices.Sorted(maps.Keys(updates)) {
		add(path.Root("disks_to_update").AtMapKey(key).AtName(argumentPolicy), before[key].StoragePolicyID, updates[key].StoragePolicyID)
	}
	added, had := vmdisks.AddedIn(c.plan.DisksToAdd), vmdisks.AddedIn(prior.DisksToAdd)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		add(path.Root("disks_to_add").AtMapKey(name).AtName(argumentPolicy), had[name].StoragePolicyID, added[name].StoragePolicyID)
	}

	return given
}
