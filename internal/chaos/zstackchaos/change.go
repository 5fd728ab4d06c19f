package zstackchaos

import (
	"maps"
	"slices"
	"strconv"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// change draws the second configuration: resources are changed, taken out and added.
func (d *drawing) change(before []*block) []*block {
	var after, going []*block
	now := map[*block]*block{} // the same block in both
	for _, each := range before {
		gone := d.Perhaps(15) && !d.used[each] && !dependent(each, before)
		changed := d.changed(each, before)
		if each.base != nil {
			changed.base = now[each.base]
		}
		if gone {
			going = append(going, each)

			continue
		}
		now[each] = changed
		after = append(after, changed)
	}
	for each, changed := range now {
		d.used[changed] = d.used[each]
	}
	for len(after) == 0 || d.Perhaps(35) {
		// Nothing orders the creation of a group and the deletion of an older one of its machine: a new one, made first, would hang on it.
		if drawn := d.draw(after); !dependent(drawn, going) {
			after = append(after, drawn)
		}
	}

	return after
}

// dependent reports whether a block makes a snapshot of a machine of which there are more: it can't be deleted while a newer one stays.
func dependent(one *block, all []*block) bool {
	return one.kind == snapshotType && slices.ContainsFunc(all, func(other *block) bool {
		return other != one && other.kind == snapshotType && other.onMachine == one.onMachine && other.base == one.base
	})
}

// changed is a block with other arguments. What others are made from stays as it is.
func (d *drawing) changed(each *block, before []*block) *block {
	changed := *each
	changed.arguments = maps.Clone(each.arguments)
	if d.used[each] {
		return &changed
	}
	if d.Perhaps(40) {
		changed.name += d.OneOf("-b", " b", "%20b")
	}
	switch each.kind {
	case snapshotType:
		if d.Perhaps(30) {
			changed.arguments["description"] = chaos.Quote("changed")
		}
		if d.Perhaps(20) && !dependent(each, before) {
			changed.arguments["with_memory"] = "false"
		}
	default:
		d.vary(&changed, 35)
		if each.keys != nil {
			changed.keys = []string{"a", "b", "c", "d"}[d.Random.IntN(2) : 2+d.Random.IntN(3)]
		}
		if d.Perhaps(20) {
			changed.arguments["expunge_on_destroy"] = strconv.FormatBool(d.Perhaps(50))
		}
		if d.Perhaps(10) {
			changed.arguments["full"] = strconv.FormatBool(each.arguments["full"] != "true")
			delete(changed.arguments, "data_volumes")
		}
	}

	return &changed
}
