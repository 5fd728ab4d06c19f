package vsphereinstantclone

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// observedPorts returns the ports of an argument as the VM has them: one that it does not have any more is null. The file stays as the
// configuration spells it.
func observedPorts(before types.Map, present map[string]vsphere.Port) types.Map {
	if len(before.Elements()) == 0 {
		return before
	}
	labels, observed := vm.PortLabels(present), map[string]attr.Value{}
	for name, file := range before.Elements() {
		switch key := vm.DeviceKey(name, labels); {
		case key == "":
			file = types.StringNull()
		case file.IsNull():
			file = tfattr.StringOrNull(present[key].File)
		}
		observed[name] = file
	}

	return types.MapValueMust(types.StringType, observed)
}

// withoutLost returns the ports of the state as the plan may find them without replacing the VM, which would be a high price for a port
// that was removed: a lost one is as planned, or not there.
func withoutLost(before, planned types.Map) types.Map {
	ports, wanted := maps.Clone(before.Elements()), planned.Elements()
	for name, file := range before.Elements() {
		if !file.IsNull() {
			continue
		}
		delete(ports, name)
		if again, named := wanted[name]; named {
			ports[name] = again
		}
	}
	if len(ports) == len(before.Elements()) && len(ports) == 0 {
		return before
	}

	return types.MapValueMust(types.StringType, ports)
}
