package lifecycle

import "sync"

// Shared is what the resources of one configured provider share.
type Shared struct {
	Registry *Registry // of the whole process: it sees states before the provider is configured
	Process  *Process
	Override Override
	Queues   Queues
	Names    Names
	// DryRun says that plans have the platform itself check what they create or move.
	DryRun bool

	facts    sync.Map // what a plan says of objects: see [Shared.Tell]
	reserved sync.Map // see [Shared.Reserve]
	refusals sync.Map // see [Shared.once]
	answers  answers
	planned  plannedNames
}

// NewShared returns what the resources of a newly configured provider share. A nil registry is an empty one, in a process of which nothing
// is known.
func NewShared(registry *Registry) *Shared {
	if registry == nil {
		registry = &Registry{}
	}

	return &Shared{Registry: registry, Process: &Process{}}
}

// In puts s in a process and its environment, and returns it.
func (s *Shared) In(process *Process, override Override) *Shared {
	s.Process, s.Override = process, override

	return s
}

// severity returns how the checks of one call of PlanResourceChange report.
func (s *Shared) severity(isNew, replacing bool) Severity {
	return Circumstances{
		New: isNew, Replacing: replacing, Walk: s.Process.walk(), Command: s.Process.Command, Override: s.Override,
	}.Severity()
}

// Tell notes a fact about an object that the plan of another resource depends on, such as that a VM is going to run.
func (s *Shared) Tell(fact string, holds bool) { s.facts.Store(fact, holds) }

// Told returns whether the fact holds; known is false where no plan has told it.
func (s *Shared) Told(fact string) (holds, known bool) {
	value, known := s.facts.Load(fact)
	holds, _ = value.(bool)

	return holds, known
}

// Reserve takes a name for an object that is about to be created, and reports false where another creation has it: two of one name would
// both find it free.
func (s *Shared) Reserve(name string) (release func(), ok bool) {
	_, taken := s.reserved.LoadOrStore(name, true)

	return func() { s.reserved.Delete(name) }, !taken
}
