package vcenter

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// filter is a PropertyFilter: what it selects, and the values that its client has received.
type filter struct {
	ref   types.ManagedObjectReference
	spec  types.PropertyFilterSpec
	known map[types.ManagedObjectReference]map[string]types.AnyType
	shown func([]types.ObjectContent) []types.ObjectContent // what clients see of what was read; nil for all
}

// updates returns the differences between the inventory and what the client has received, and records them as received.
// With a limit it returns that many objects at most and reports whether there are more.
func (f *filter) updates(ctx *simulator.Context, left int, limited bool) ([]types.ObjectUpdate, bool) {
	if f.known == nil {
		f.known = map[types.ManagedObjectReference]map[string]types.AnyType{}
	}
	var updates []types.ObjectUpdate
	present := map[types.ManagedObjectReference]bool{}
	tell := func(update types.ObjectUpdate) bool {
		if limited && len(updates) >= left {
			return false
		}
		updates = append(updates, update)

		return true
	}
	open, ended := f.split(ctx)
	for _, ref := range ended {
		present[ref] = true
	}
	for _, content := range f.look(ctx, open) {
		present[content.Obj] = true
		update, values := f.compare(content)
		if update == nil {
			continue
		}
		if !tell(*update) {
			return updates, true
		}
		f.known[content.Obj] = values
	}
	for ref := range f.known {
		if present[ref] {
			continue
		}
		if !tell(types.ObjectUpdate{Kind: types.ObjectUpdateKindLeave, Obj: ref}) {
			return updates, true
		}
		delete(f.known, ref)
	}

	return updates, false
}

// split separates the objects that have to be read from tasks whose end the client has received. Such a task does not
// change any more while it exists; to read all of them again for each change of the inventory would make a wait slower
// the more tasks have ended.
func (f *filter) split(ctx *simulator.Context) (open []types.ObjectSpec, ended []types.ManagedObjectReference) {
	for _, object := range f.spec.ObjectSet {
		state, _ := f.known[object.Obj]["info.state"].(types.TaskInfoState)
		over := state == types.TaskInfoStateSuccess || state == types.TaskInfoStateError
		if over && object.Obj.Type == "Task" && len(object.SelectSet) == 0 && ctx.Map.Get(object.Obj) != nil {
			ended = append(ended, object.Obj)
		} else {
			open = append(open, object)
		}
	}

	return open, ended
}

// look reads the selected properties of the objects.
func (f *filter) look(ctx *simulator.Context, objects []types.ObjectSpec) []types.ObjectContent {
	if len(objects) == 0 {
		return nil
	}
	spec := f.spec
	spec.ObjectSet = objects
	spec.ReportMissingObjectsInResults = new(true)
	answer := new(simulator.PropertyCollector).RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{
		SpecSet: []types.PropertyFilterSpec{spec},
	})
	body, ok := answer.(*methods.RetrievePropertiesExBody)
	if !ok || body.Res == nil || body.Res.Returnval == nil {
		return nil
	}

	if f.shown == nil {
		return body.Res.Returnval.Objects
	}

	return f.shown(body.Res.Returnval.Objects)
}

// compare returns the update with the difference to the known values of an object, nil if there is none.
func (f *filter) compare(content types.ObjectContent) (*types.ObjectUpdate, map[string]types.AnyType) {
	known, told := f.known[content.Obj]
	update := types.ObjectUpdate{Kind: types.ObjectUpdateKindModify, Obj: content.Obj}
	if !told {
		update.Kind, update.MissingSet = types.ObjectUpdateKindEnter, content.MissingSet
	}
	values := make(map[string]types.AnyType, len(content.PropSet))
	for _, property := range content.PropSet {
		values[property.Name] = property.Val
		if old, same := known[property.Name]; same && reflect.DeepEqual(old, property.Val) {
			continue
		}
		update.ChangeSet = append(update.ChangeSet, types.PropertyChange{
			Name: property.Name, Op: types.PropertyChangeOpAssign, Val: property.Val,
		})
	}
	for name := range known {
		if _, still := values[name]; !still {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Name: name, Op: types.PropertyChangeOpRemove})
		}
	}
	if told && len(update.ChangeSet) == 0 {
		return nil, values
	}
	// vCenter tells properties by name, in whatever order a client lists them: guest.ipStack before guest.net.
	slices.SortFunc(update.ChangeSet, func(a, b types.PropertyChange) int { return strings.Compare(a.Name, b.Name) })

	return &update, values
}
