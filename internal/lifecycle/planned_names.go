package lifecycle

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Namer is an [Adapter] whose objects share one set of names, also with those of other resource types.
type Namer[M any] interface {
	// PlannedName returns the name that the object is to have, and where no other one may have it; ok is false where that is not known yet.
	PlannedName(ctx context.Context, planned Planned[M]) (name PlannedName, ok bool)
}

// PlannedName is the name that an object has when a plan is applied.
type PlannedName struct {
	Place string // where it is one object's, in words, after "in": "the folder group-v3"
	Name  string
}

// plannedNames notes which names a plan gives, to find one that the configuration has twice. It counts on being told of each resource
// instance once, or again under the same id: see [Process.plansOnce]. The zero value is ready to use.
type plannedNames struct {
	mutex sync.Mutex
	given map[PlannedName][]namePlan
}

// namePlan is one resource instance that is to have a name.
type namePlan struct {
	id      string // tells the instance from others: of the object in state; empty for a new one
	changes bool   // the object does not have the name yet
	words   tfdiag.Twin
}

// plan notes a name, and returns another instance that is to have it. Of two objects in state that keep their names it says nothing: the
// platform has allowed that. ok says that the name is known; without it, what was noted of the instance before counts no more.
func (p *plannedNames) plan(name PlannedName, ok bool, of namePlan) (other tfdiag.Twin, twice bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if of.id != "" {
		for at, all := range p.given {
			p.given[at] = slices.DeleteFunc(all, func(each namePlan) bool { return each.id == of.id })
		}
	}
	if !ok {
		return tfdiag.Twin{}, false
	}
	all := p.given[name]
	at := slices.IndexFunc(all, func(each namePlan) bool { return each.changes || of.changes })
	if p.given == nil {
		p.given = map[PlannedName][]namePlan{}
	}
	p.given[name] = append(all, of)
	if at < 0 {
		return tfdiag.Twin{}, false
	}

	return all[at].words, true
}

// nameTwice returns what is to be said of a name that another resource instance of the same plan is to have. It is an error where the
// command only plans, or the environment asks for errors.
func (r *Resource[M, R, E]) nameTwice(ctx context.Context, planned Planned[M]) diag.Diagnostics {
	namer, ok := r.adapter.(Namer[M])
	if !ok || !r.shared.Process.plansOnce() {
		return nil
	}
	name, known := namer.PlannedName(ctx, planned)
	words := planned.Plan.Creation()
	of := namePlan{changes: true, words: tfdiag.Twin{ResourceType: words.ResourceType, Source: words.Source}}
	switch {
	case planned.Prior != nil:
		prior := *planned.Prior
		of.id, of.words.ID = planOf(prior.ObjectID(), prior.ObjectName()), prior.ObjectID()
		before, had := namer.PlannedName(ctx, Planned[M]{Config: prior, Plan: prior, Prior: planned.Prior})
		of.changes = !prior.Pending() && (planned.Replaces || !had || before != name)
	case planned.Replaced != nil:
		of.id, of.words.ID = planOf(planned.Replaced.ID, planned.Replaced.Name), planned.Replaced.ID
	}
	other, twice := r.shared.planned.plan(name, known, of)
	if !twice {
		return nil
	}
	found := diag.Diagnostics{words.NameTwice(other, name.Place)}
	if r.shared.Process.Command.Plans() || r.shared.Override == OverrideError {
		return found
	}

	return tfdiag.ForNow(found)
}

// planOf tells resource instances with an object in state apart. Pending ones have no id yet: of two that have one name nothing is said.
func planOf(id, name string) string { return cmp.Or(id, "pending "+name) }
