package vspherechaos

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// furniture is what the vCenter has besides machines, for clones to be equipped with.
type furniture struct {
	folder    string   // in /DC0/vm
	tags      []string // ids
	policies  []string // ids of storage policies that do not encrypt
	networks  []string // ids
	attribute string   // name of a custom attribute
}

// The numbers that hardware grows from and to: what runs grows only where that was allowed before.
const (
	small = 1
	large = 2
)

// equipped are a clone's arguments beyond where it is and whether it runs.
var equipped = slices.Concat(taskArguments, []string{"tags", "custom_attributes"})

// equip gives the clones and forks of both configurations hardware, networks, policies and labels. It draws them with numbers of its own, made from
// the rest of the plan: what a seed draws besides stays the same.
func (d *drawing) equip(before, after []*block) {
	var parts []any
	for _, each := range slices.Concat(before, after) {
		parts = append(parts, each.kind, each.label, each.name, each.arguments)
	}
	own := &drawing{platform: d.platform, Drawing: chaos.Beside(parts...)}
	for _, each := range before {
		own.equipOne(each, small, func(string) bool { return own.Perhaps(30) })
	}
	for _, each := range after {
		i := slices.IndexFunc(before, func(other *block) bool { return other.label == each.label })
		switch {
		case i < 0:
			own.equipOne(each, small, func(string) bool { return own.Perhaps(30) })
		case d.used[before[i]] || d.used[each]: // what others are made from stays as it is
			for _, name := range equipped {
				if value := before[i].arguments[name]; value != "" {
					each.arguments[name] = value
				}
			}
		default:
			own.equipOne(each, large, func(name string) bool {
				return before[i].arguments[name] != "" && (name == "cpu" || name == "memory" || !own.Perhaps(20))
			})
		}
	}
}

// equipOne gives a clone or a fork the arguments that has says yes to. size is what its hardware counts in.
func (d *drawing) equipOne(each *block, size int, has func(name string) bool) {
	if each.kind != cloneType && each.kind != forkType {
		return
	}
	for _, name := range equipped {
		if each.kind == forkType && !slices.Contains([]string{"annotation", "tags", "custom_attributes"}, name) {
			continue
		}
		if each.arguments["guest_customization_spec"] != "" && name == "network_interfaces_to_add" {
			continue // the specification has settings for as many interfaces as the source has
		}
		if has(name) {
			each.arguments[name] = d.equipment(name, size)
		}
	}
}

// equipment draws the value of an argument.
func (d *drawing) equipment(name string, size int) string {
	quoted := func(texts []string) string { return strconv.Quote(d.OneOf(texts...)) }
	switch name {
	case "cpu":
		return fmt.Sprintf("{ count = %d, hot_add = true }", size)
	case "memory":
		return fmt.Sprintf("{ size_mib = %d, hot_add = true }", 1024*size)
	case "annotation":
		return quoted([]string{"first line\nsecond line", "ü & <b>", "50%"})
	case "disks_to_add":
		return fmt.Sprintf("{ data = { capacity_gib = %d } }", size)
	case "network_interfaces_to_add":
		return fmt.Sprintf("{ lan = { network_id = %s, connected = false, start_connected = false } }", quoted(d.furniture.networks))
	case "storage_policy_id":
		return quoted(d.furniture.policies)
	case "tags":
		return d.OneOf(`["`+strings.Join(d.furniture.tags, `", "`)+`"]`, "["+quoted(d.furniture.tags)+"]", "[]")
	default:
		return fmt.Sprintf("{ %q = %s }", d.furniture.attribute, quoted([]string{"ops", "o'ps & <co>", "日本"}))
	}
}
