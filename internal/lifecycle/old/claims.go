package lifecycle

import "sync"

// Claims remembers the things that are in state, as far as this process has seen, by their ids. The CLI plans the replacement
// of a tainted resource as if there were none, and nothing in that request names the thing that goes first: without claims
// the plan would call its name taken. A search for a lost thing must not find that of another resource either. The zero value
// is ready to use.
type Claims struct {
	mutex  sync.Mutex
	owners map[string]string // by id; empty for a thing that was not found by looking
}

// Add notes that a resource has the thing in state; the empty id of a pending one is none.
func (c *Claims) Add(id string) {
	if id == "" {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, taken := c.owners[id]; !taken {
		c.set(id, "")
	}
}

// Take notes that the owner found the thing by looking, which it may do more than once. It reports false when the thing
// belongs to another resource.
func (c *Claims) Take(id, owner string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if present, taken := c.owners[id]; taken {
		return present == owner
	}
	c.set(id, owner)

	return true
}

// Free reports whether the owner could take the thing.
func (c *Claims) Free(id, owner string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	present, taken := c.owners[id]

	return !taken || present == owner
}

// Has reports whether a resource has the thing in state.
func (c *Claims) Has(id string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_, taken := c.owners[id]

	return taken
}

func (c *Claims) set(id, owner string) {
	if c.owners == nil {
		c.owners = map[string]string{}
	}
	c.owners[id] = owner
}
