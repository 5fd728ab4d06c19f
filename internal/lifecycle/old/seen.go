package lifecycle

import (
	"encoding/json"
	"sync"
)

// Seen is what the CLI has in state, as it hands it over before it plans: also where nothing is refreshed, and also of a tainted
// resource, whose replacement it plans as if there were none. Nil has seen nothing.
type Seen struct {
	mutex   sync.Mutex
	ids     map[string]bool
	awaited map[[2]string]bool // by type and name: the pending ones
}

// Note takes in the state of a resource, in JSON. What it can't read it leaves alone.
func (s *Seen) Note(resourceType string, state []byte) {
	var known struct {
		ID   *string `json:"id"`
		Name string  `json:"name"`
	}
	if s == nil || json.Unmarshal(state, &known) != nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.ids == nil {
		s.ids, s.awaited = map[string]bool{}, map[[2]string]bool{}
	}
	if known.ID != nil && *known.ID != "" {
		s.ids[*known.ID] = true
	} else {
		s.awaited[[2]string{resourceType, known.Name}] = true
	}
}

// Has reports whether a resource has the thing in state, by its id.
func (s *Seen) Has(id string) bool {
	if s == nil {
		return false
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()

	return s.ids[id]
}

// Awaits reports whether a resource of the type is pending in state by that name, so that what has the name may be its own.
func (s *Seen) Awaits(resourceType, name string) bool {
	if s == nil {
		return false
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()

	return s.awaited[[2]string{resourceType, name}]
}
