package vspherechaos

import (
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// creators and removers say which method makes and removes the object of each type of resource.
var (
	creators = map[string]string{
		cloneType: cloneMethod, forkType: forkMethod, snapshotType: snapshotMethod, secondaryType: secondaryMethod,
	}
	removers = map[string]string{
		cloneType: "Destroy_Task", forkType: "Destroy_Task", snapshotType: "RemoveSnapshot_Task",
		secondaryType: "TurnOffFaultToleranceForVM_Task",
	}
)

// Creator implements [chaos.Drawn]: a clone of a template, or with hardware, takes another method than that of a VM as it is.
func (b *block) Creator() string {
	asItIs := !slices.ContainsFunc(taskArguments, func(name string) bool { return b.arguments[name] != "" })
	if b.kind == cloneType && (b.onMachine == template || !asItIs) {
		return deployMethod
	}

	return creators[b.kind]
}

// Address implements [chaos.Drawn].
func (b *block) Address() string { return b.label }

// taskArguments are those that only CloneVM_Task takes.
var taskArguments = []string{"cpu", "memory", "annotation", "disks_to_add", "network_interfaces_to_add", "storage_policy_id"}

// The methods that change a machine in place.
const (
	reconfigureMethod = "ReconfigVM_Task"
	attributeMethod   = "SetField"
	tagMethod         = "POST /api/cis/tagging/tag-association?action=attach-multiple-tags-to-object"
)

// changers say which method a change of an argument takes; arguments that are not here replace the object.
var changers = map[string]string{
	"power_on": "PowerOnVM_Task", "extra_config": reconfigureMethod, "description": "RenameSnapshot", "enabled": "DisableSecondaryVM_Task",
	"cpu": reconfigureMethod, "memory": reconfigureMethod, "annotation": reconfigureMethod, "disks_to_add": reconfigureMethod,
	"network_interfaces_to_add": reconfigureMethod, "storage_policy_id": reconfigureMethod, "custom_attributes": attributeMethod, "tags": tagMethod,
}

// methodsOf lists the methods that start a task in each phase when nothing goes wrong, so that faults are injected into calls
// that happen.
func methodsOf(before, after []*block) map[chaos.Phase][]string {
	methods := map[chaos.Phase][]string{}
	add := func(phase chaos.Phase, more ...string) { methods[phase] = append(methods[phase], more...) }
	for _, each := range before {
		add(chaos.Apply, each.Creator())
		add(chaos.Apply, each.labelers()...)
		if each.kind == forkType && each.arguments["power_on"] == "false" {
			add(chaos.Apply, "PowerOffVM_Task")
		}
		if i := slices.IndexFunc(after, func(other *block) bool { return other.label == each.label }); i < 0 {
			add(chaos.Change, removers[each.kind])
		} else {
			add(chaos.Change, changes(each, after[i])...)
		}
	}
	for _, each := range after {
		if !slices.ContainsFunc(before, func(other *block) bool { return other.label == each.label }) {
			add(chaos.Change, each.Creator())
			add(chaos.Change, each.labelers()...)
		}
		add(chaos.Destroy, removers[each.kind])
	}

	return methods
}

// labelers lists the methods that label a VM once it is made.
func (b *block) labelers() []string {
	var methods []string
	for name, method := range map[string]string{"custom_attributes": attributeMethod, "tags": tagMethod} {
		if value := b.arguments[name]; value != "" && value != "[]" {
			methods = append(methods, method)
		}
	}
	slices.Sort(methods)

	return methods
}

// changes lists the methods that turn one form of a resource into another.
func changes(from, to *block) []string {
	var methods []string
	if from.name != to.name {
		methods = append(methods, map[string]string{snapshotType: "RenameSnapshot"}[from.kind])
		if methods[0] == "" {
			methods[0] = "Rename_Task"
		}
	}
	if from.onMachine != to.onMachine || from.kind == snapshotType && from.arguments["memory"] != to.arguments["memory"] {
		methods = append(methods, removers[from.kind], to.Creator())
	}
	for name, method := range changers {
		if to.arguments[name] == from.arguments[name] || to.arguments[name] == "" {
			continue
		}
		if from.kind == snapshotType && name == "memory" {
			continue
		}
		if to.arguments[name] == "false" && name == "power_on" {
			method = "PowerOffVM_Task"
		}
		methods = append(methods, method)
	}
	slices.Sort(methods)

	return methods
}
