package zstackchaos

import (
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// changers say which methods a change of an argument takes; arguments that are not here replace the object, or nothing happens.
var changers = map[string][]string{
	"power_on":           {"StartVmInstance", "StopVmInstance"},
	"user_tags":          {"CreateUserTag", "DeleteTag"},
	"system_tags":        {"CreateSystemTag", "DeleteTag"},
	"description":        {"UpdateVmInstance"},
	"network_interfaces": {"ChangeVmNicNetwork"},
}

// creators lists the methods that create the object of a block.
func (b *block) creators() []string {
	if b.kind == snapshotType {
		return []string{snapshotMethod}
	}
	methods := []string{cloneMethod, cloneMethod}
	if b.arguments["description"] != "" || b.arguments["cpu_count"] != "" || b.arguments["memory_bytes"] != "" {
		methods = append(methods, "UpdateVmInstance")
	}

	return methods
}

// removers lists the methods that delete the object of a block.
func (b *block) removers() []string {
	if b.kind == snapshotType {
		return []string{"DeleteVolumeSnapshotGroup"}
	}
	methods := []string{"DestroyVmInstance", "StopVmInstance"}
	full, expunge := b.arguments["full"] == "true", b.arguments["expunge_on_destroy"] == "true"
	if full {
		methods = append(methods, "DeleteDataVolume")
	}
	if expunge {
		methods = append(methods, "ExpungeVmInstance")
	}
	if full && expunge {
		methods = append(methods, "ExpungeDataVolume")
	}

	return methods
}

// methodsOf lists the methods that start a job in each phase when nothing goes wrong, so that faults are injected into calls
// that happen.
func methodsOf(before, after []*block) map[chaos.Phase][]string {
	methods := map[chaos.Phase][]string{}
	add := func(phase chaos.Phase, more []string) { methods[phase] = append(methods[phase], more...) }
	for _, each := range before {
		add(chaos.Apply, each.creators())
		if i := slices.IndexFunc(after, func(other *block) bool { return other.label == each.label }); i < 0 {
			add(chaos.Change, each.removers())
		} else {
			add(chaos.Change, changes(each, after[i]))
		}
	}
	for _, each := range after {
		if !slices.ContainsFunc(before, func(other *block) bool { return other.label == each.label }) {
			add(chaos.Change, each.creators())
		}
		add(chaos.Destroy, each.removers())
	}

	return methods
}

// changes lists the methods that turn one form of a block into another.
func changes(from, to *block) []string {
	var methods []string
	rename := map[string]string{snapshotType: "UpdateVolumeSnapshotGroup", cloneType: "UpdateVmInstance"}[from.kind]
	if from.name != to.name {
		methods = append(methods, rename)
	}
	replaced := from.arguments["full"] != to.arguments["full"] || from.arguments["with_memory"] != to.arguments["with_memory"]
	if !slices.Equal(from.keys, to.keys) || replaced {
		methods = append(methods, from.removers()...)
		methods = append(methods, to.creators()...)
	}
	for name, more := range changers {
		if to.arguments[name] == from.arguments[name] || to.arguments[name] == "" {
			continue
		}
		if from.kind == snapshotType {
			more = []string{rename}
		}
		methods = append(methods, more...)
	}
	slices.Sort(methods)

	return methods
}
