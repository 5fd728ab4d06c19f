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

// Creator implements [chaos.Drawn]: a clone of a template takes another method than that of a VM.
func (b *block) Creator() string {
	if b.kind == cloneType && b.onMachine == template {
		return deployMethod
	}

	return creators[b.kind]
}

// Address implements [chaos.Drawn].
func (b *block) Address() string { return b.label }

// changers say which method a change of an argument takes; arguments that are not here replace the object.
var changers = map[string]string{
	"power_on": "PowerOnVM_Task", "extra_config": "ReconfigVM_Task", "description": "RenameSnapshot", "enabled": "DisableSecondaryVM_Task",
}

// methodsOf lists the methods that start a task in each phase when nothing goes wrong, so that faults are injected into calls
// that happen.
func methodsOf(before, after []*block) map[chaos.Phase][]string {
	methods := map[chaos.Phase][]string{}
	add := func(phase chaos.Phase, method string) { methods[phase] = append(methods[phase], method) }
	for _, each := range before {
		add(chaos.Apply, each.Creator())
		if each.kind == forkType && each.arguments["power_on"] == "false" {
			add(chaos.Apply, "PowerOffVM_Task")
		}
		if i := slices.IndexFunc(after, func(other *block) bool { return other.label == each.label }); i < 0 {
			add(chaos.Change, removers[each.kind])
		} else {
			for _, method := range changes(each, after[i]) {
				add(chaos.Change, method)
			}
		}
	}
	for _, each := range after {
		if !slices.ContainsFunc(before, func(other *block) bool { return other.label == each.label }) {
			add(chaos.Change, each.Creator())
		}
		add(chaos.Destroy, removers[each.kind])
	}

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
	if from.onMachine != to.onMachine || from.arguments["memory"] != to.arguments["memory"] {
		methods = append(methods, removers[from.kind], to.Creator())
	}
	for name, method := range changers {
		if to.arguments[name] == from.arguments[name] || to.arguments[name] == "" {
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
