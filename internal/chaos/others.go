package chaos

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Others is what other clients of a platform made, by id. It is safe for concurrent use.
type Others struct {
	mu   sync.Mutex
	made map[string]Made
}

// Made is one object of another client, as it made it.
type Made struct {
	Name string
	UUID string // of a VM: as of [Foreign]
	VMID string // of a snapshot; empty for a VM
}

// Has reports whether another client made the object.
func (o *Others) Has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, found := o.made[id]

	return found
}

// Add notes what another client made.
func (o *Others) Add(id string, what Made) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made == nil {
		o.made = map[string]Made{}
	}
	o.made[id] = what
}

// Forget drops what its own client deletes.
func (o *Others) Forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.made, id)
}

// Move notes that objects have other ids: those that are keys got those that are values.
func (o *Others) Move(ids map[string]string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := maps.Clone(o.made)
	for from := range ids {
		delete(o.made, from)
	}
	for from, to := range ids {
		if what, found := before[from]; found {
			o.made[to] = what
		}
	}
}

// Look is what another client's object is like now.
type Look struct {
	Along  bool   // the VM of a snapshot is gone: the snapshot went along, and that is no harm
	Found  bool   // the object is there
	Name   string // of one that is
	Change string // what else was done to it; empty for nothing
}

// harm says what was done to the object since it was made.
func (m Made) harm(now Look) string {
	switch {
	case !now.Found:
		return "deleted"
	case now.Name != m.Name:
		return fmt.Sprintf("renamed to %q", now.Name)
	default:
		return now.Change
	}
}

// Foreign lists the objects as [Platform] does. look looks at one.
func (o *Others) Foreign(look func(id string, what Made) Look) []Foreign {
	o.mu.Lock()
	made := maps.Clone(o.made)
	o.mu.Unlock()
	var all []Foreign
	for _, id := range slices.Sorted(maps.Keys(made)) {
		what := made[id]
		if now := look(id, what); !now.Along {
			all = append(all, Foreign{ID: id, Name: what.Name, UUID: what.UUID, Harm: what.harm(now)})
		}
	}

	return all
}

// LostAnswer is what happens to one call: its answer is lost, and at that moment other clients make objects like those that it makes.
type LostAnswer struct {
	Method string
	Lose   func()     // arms the loss of the method's next answer
	Struck func() int // counts the calls that got any injected fault
	// Alike makes the objects, one after the other.
	Alike []func(ctx context.Context) error
}

// Strike is the strike of the lost answer.
func (l LostAnswer) Strike() Strike {
	before := 0

	return Strike{
		Words: fmt.Sprintf("%s, %d alike", l.Method, len(l.Alike)), Alone: true,
		Arm: func() error {
			before = l.Struck()
			if len(l.Alike) > 0 {
				l.Lose()
			}

			return nil
		},
		Act: func(ctx context.Context, _ *realcli.Command) (bool, error) {
			if len(l.Alike) == 0 || !Await(ctx, func() bool { return l.Struck() > before }) {
				return false, nil
			}

			return true, All(ctx, l.Alike)
		},
	}
}

// All takes one act after the other, up to the first that fails.
func All(ctx context.Context, acts []func(ctx context.Context) error) error {
	for _, do := range acts {
		if err := do(ctx); err != nil {
			return err
		}
	}

	return nil
}

// Drawn is one block of a random plan.
type Drawn interface {
	comparable
	// Creator is the method that makes its objects.
	Creator() string
	// Address names the block, the same in both configurations of a plan.
	Address() string
}

// CreatedIn lists the blocks whose objects are made in each phase when nothing goes wrong.
func CreatedIn[B Drawn](before, after []B) map[Phase][]B {
	created := map[Phase][]B{Apply: before}
	for _, each := range after {
		if !slices.ContainsFunc(before, func(other B) bool { return other.Address() == each.Address() }) {
			created[Change] = append(created[Change], each)
		}
	}

	return created
}

// Client is another client of the platform, as a lookalike's maker.
type Client struct {
	Own  bool // it has an account of its own; else it is another pipeline with the provider's
	Like bool // it makes objects from the same machines; else from another one, or from nothing
}

// DrawAlike draws another client, a method that makes something, and the blocks whose objects that makes.
func DrawAlike[B Drawn](random *rand.Rand, created []B) (maker Client, method string, blocks []B) {
	which, own, like := random.IntN(1<<16), random.IntN(2) == 0, random.IntN(2) == 0
	if len(created) == 0 {
		return Client{}, "", nil
	}
	method = created[which%len(created)].Creator()

	return Client{Own: own, Like: like}, method, slices.DeleteFunc(slices.Clone(created), func(each B) bool { return each.Creator() != method })
}
