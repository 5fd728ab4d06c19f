package zstackchaos

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// secondNetwork is an L3 network besides the one that the machines of the platform are on.
const secondNetwork = "net-2"

// equip gives the clones of both configurations CPUs, memory and network interfaces. It draws them with numbers of its own, made from the rest of the
// plan: what a seed draws besides stays the same.
func (d *drawing) equip(before, after []*block) {
	var parts []any
	for _, each := range slices.Concat(before, after) {
		parts = append(parts, each.kind, each.label, each.name, each.keys, each.arguments)
	}
	own := &drawing{platform: d.platform, Drawing: chaos.Beside(parts...)}
	for _, each := range before {
		maps.Copy(each.arguments, own.equipment(each))
	}
	for _, each := range after {
		i := slices.IndexFunc(before, func(other *block) bool { return other.label == each.label })
		if i < 0 {
			maps.Copy(each.arguments, own.equipment(each))

			continue
		}
		for _, name := range []string{"cpu_count", "memory_bytes", "network_interfaces"} {
			if value := before[i].arguments[name]; value != "" {
				each.arguments[name] = value
			}
		}
		if each.arguments["network_interfaces"] != "" && !d.used[each] && own.Perhaps(50) {
			each.arguments["network_interfaces"] = own.secondInterface()
		}
	}
}

// equipment draws the arguments of a clone that say what it is. CPUs and memory are those of a machine on a host.
func (d *drawing) equipment(of *block) map[string]string {
	drawn := map[string]string{}
	if of.kind != cloneType || of.arguments["strategy"] == `"JustCreate"` {
		return drawn
	}
	if d.Perhaps(25) {
		drawn["cpu_count"] = "2"
	}
	if d.Perhaps(25) {
		drawn["memory_bytes"] = "2147483648"
	}
	if d.Perhaps(30) {
		drawn["network_interfaces"] = d.secondInterface()
	}

	return drawn
}

// secondInterface draws the network of an interface besides the source's.
func (d *drawing) secondInterface() string {
	return fmt.Sprintf("{ \"1\" = { l3_network_uuid = %q } }", d.ID("l3_network", d.OneOf("net-1", secondNetwork)))
}
