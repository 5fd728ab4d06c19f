package lifecycle

import "context"

// Holder says whose an object is that has the name which a plan gives to another one.
type Holder int

// The holders. The zero value is HolderUnknown.
const (
	HolderUnknown Holder = iota // the CLI may not have told yet of the resource that has it in state
	HolderForeign               // no resource has it in state
	HolderManaged               // a resource has it in state: the same plan may free its name, and the apply waits for that
)

// planPatience is the part of [Names.Patience] that a plan waits until the CLI tells of an object.
const planPatience = 4

// HolderOf says whose an object is, for the check of a plan that gives its name to another one; isNew says that this one does not exist yet.
// The CLI plans resources at the same time and tells of a state as it plans its resource, so a plan waits a little, unless so many wait that
// the CLI has no room for another one. What is not known of a rename, it leaves to the update: the CLI plans once more before it applies, in
// a process that has seen less.
func (s *Shared) HolderOf(ctx context.Context, id string, isNew bool) Holder {
	plans := s.Process.Command.Plans() || s.Registry.refreshed.Load()
	if s.Registry.Has(id) || !plans && !isNew {
		return HolderManaged
	}
	has, starved := s.Registry.await(ctx, id, s.Names.Patience/planPatience, s.Process.Command.AtOnce())
	switch {
	case has:
		return HolderManaged
	case starved:
		return HolderUnknown
	default:
		return HolderForeign
	}
}
