package disks

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Own returns the VM's own disks by key, each with the UUID of its file: of those in state the ones that are still there with that file, and
// those of disks_to_add. A state that is older than the attribute has the disks known as its own; a VM without a state has all of them.
func Own(before types.Map, known map[string]vsphere.Disk, added types.Map, found map[string]vsphere.Disk) types.Map {
	own := map[string]attr.Value{}
	former := before.Elements()
	for key, disk := range found {
		uuid, was := former[key].(types.String)
		_, there := known[key]
		switch {
		case before.IsNull() || before.IsUnknown():
			if known != nil && !there {
				continue
			}
		case !was || uuid.ValueString() != "" && disk.UUID != "" && uuid.ValueString() != disk.UUID:
			continue
		}
		own[key] = types.StringValue(disk.UUID)
	}
	for _, one := range AddedIn(added) {
		if disk, there := found[one.Key.ValueString()]; there && one.HasKey() {
			own[one.Key.ValueString()] = types.StringValue(disk.UUID)
		}
	}

	return types.MapValueMust(types.StringType, own)
}

// Foreign returns the keys of the disks that are not the VM's own, sorted; none while it is not known which are.
func Foreign(own types.Map, found map[string]vsphere.Disk) []string {
	if own.IsNull() || own.IsUnknown() {
		return nil
	}
	var foreign []string
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if _, is := own.Elements()[key]; !is {
			foreign = append(foreign, key)
		}
	}

	return foreign
}

// Modes returns the modes of disks as a state has them, by key.
func Modes(wanted map[string]Wanted) map[string]string {
	modes := make(map[string]string, len(wanted))
	for key, one := range wanted {
		modes[key] = one.Mode.ValueString()
	}

	return modes
}
