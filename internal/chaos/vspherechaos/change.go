package vspherechaos

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// change draws the second configuration: resources are changed, taken out and added.
func (d *drawing) change(before []*block) []*block {
	var after []*block
	now := map[*block]*block{} // the same resource in both
	for _, each := range before {
		gone := d.Perhaps(15) && !d.used[each]
		changed := d.changed(each)
		if each.base != nil {
			changed.base = now[each.base]
		}
		if !gone {
			now[each] = changed
			after = append(after, changed)
		}
	}
	for each, changed := range now {
		d.used[changed] = d.used[each]
	}
	d.moveNames(before, now)
	for len(after) == 0 || d.Perhaps(35) {
		after = append(after, d.draw(after))
	}

	return after
}

// moveNames lets names go from one resource to another: a label is renamed and the name stays, two resources exchange their names, or one
// takes the name that another one gives up.
func (d *drawing) moveNames(before []*block, now map[*block]*block) {
	relabels, exchanges, follows := d.Perhaps(20), d.Perhaps(15), d.Perhaps(15)
	var both []*block // in their first form
	for _, each := range before {
		if (each.kind == cloneType || each.kind == forkType) && now[each] != nil && !d.used[each] {
			both = append(both, each)
		}
	}
	moved := 0 // how many of them have another one's name by now
	if len(both) > 1 && (exchanges || follows) {
		first, second := both[0], both[1]
		moved = 2
		switch {
		case exchanges:
			now[first].name, now[second].name = second.name, first.name
		case follows:
			now[first].name, now[second].name = first.name+"-moved", first.name
		}
	}
	if relabels && len(both) > moved {
		last := both[len(both)-1]
		now[last].label += "_again"
		now[last].name = last.name
	}
}

// changed is a resource with other arguments. What a secondary protects stays as it is.
func (d *drawing) changed(each *block) *block {
	changed := *each
	changed.arguments = maps.Clone(each.arguments)
	if d.used[each] {
		return &changed
	}
	switch each.kind {
	case cloneType, forkType:
		if d.Perhaps(40) {
			changed.name += d.OneOf("-b", " b", "%20b")
		}
		if each.arguments["wait_for_guest_ip"] == "" && each.arguments["guest_customization_spec"] == "" {
			d.power(&changed, 40)
		}
		if each.kind == forkType && d.Perhaps(40) {
			changed.arguments["extra_config"] = fmt.Sprintf("{ \"guestinfo.name\" = %s, \"guestinfo.more\" = \"1\" }", chaos.Quote(changed.name))
		}
		if each.kind == cloneType && d.Perhaps(15) {
			changed.onMachine = d.OneOf(template, machines[sourceMachine])
		}
	case snapshotType:
		changed.name += d.OneOf("", "-b")
		if d.Perhaps(30) {
			changed.arguments["description"] = chaos.Quote("changed")
		}
		if d.Perhaps(20) {
			changed.arguments["memory"] = strconv.FormatBool(d.Perhaps(50))
		}
	case secondaryType:
		if d.Perhaps(40) {
			changed.arguments["enabled"] = "false"
		}
	}

	return &changed
}
