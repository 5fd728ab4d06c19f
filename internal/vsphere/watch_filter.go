package vsphere

import (
	"maps"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// filterGroup is a part of a filter: objects of one type with the same properties.
type filterGroup struct {
	kind    string
	paths   []string
	watches []*watch
}

// filters sorts watches into as few filters as can be. A filter asks for the same properties of all objects of a type.
func filters(watches []*watch) [][]filterGroup {
	groups := make(map[string]*filterGroup)
	for _, awaited := range watches {
		key := awaited.object.Type + " " + strings.Join(awaited.paths, " ")
		if groups[key] == nil {
			groups[key] = &filterGroup{kind: awaited.object.Type, paths: awaited.paths}
		}
		groups[key].watches = append(groups[key].watches, awaited)
	}
	var sorted [][]filterGroup
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		one := *groups[key]
		i := slices.IndexFunc(sorted, func(filter []filterGroup) bool {
			return !slices.ContainsFunc(filter, func(g filterGroup) bool { return g.kind == one.kind })
		})
		if i < 0 {
			sorted = append(sorted, []filterGroup{one})
		} else {
			sorted[i] = append(sorted[i], one)
		}
	}

	return sorted
}

// objects returns the group's objects, each once.
func (g filterGroup) objects() []types.ManagedObjectReference {
	var objects []types.ManagedObjectReference
	for _, awaited := range g.watches {
		if !slices.Contains(objects, awaited.object) {
			objects = append(objects, awaited.object)
		}
	}

	return objects
}
