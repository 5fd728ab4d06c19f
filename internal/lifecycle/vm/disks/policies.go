package disks

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// PoliciesWanted returns the ids of the storage policies that disks_to_update and disks_to_add have of disks that are there, by device key.
func PoliciesWanted(updates, added types.Map) map[string]types.String {
	policies := map[string]types.String{}
	for key, one := range WantedOf(updates, added) {
		if !one.StoragePolicyID.IsNull() {
			policies[key] = one.StoragePolicyID
		}
	}

	return policies
}

// PoliciesObserved returns disks_to_update and disks_to_add with the storage policies that the disks have, found by device key; an empty id
// is none. A disk that is not among them keeps what it has.
func PoliciesObserved(updates, added types.Map, found map[string]string) (types.Map, types.Map) {
	updates = lifecycle.MapElements(updates, func(key string, one Update) Update {
		if id, told := found[key]; told {
			one.StoragePolicyID = tfattr.StringOrNull(id)
		}

		return one
	})
	added = lifecycle.MapElements(added, func(_ string, one Added) Added {
		if id, told := found[one.Key.ValueString()]; told && one.HasKey() {
			one.StoragePolicyID = tfattr.StringOrNull(id)
		}

		return one
	})

	return updates, added
}

// ChangesPolicy reports whether the disk is to have another storage policy than before.
func (w Wanted) ChangesPolicy(before types.String) bool {
	return lifecycle.Changed(before, w.StoragePolicyID)
}
