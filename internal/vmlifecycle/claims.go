package vmlifecycle

import "sync"

// claims remembers the VMs that are in state, as far as this process has seen. The CLI plans the replacement of a tainted
// resource as if there were none, and nothing in that request names the VM that goes first: without claims the plan would
// call its name taken. A search for a lost clone must not find the VM of another resource either.
type claims struct {
	mutex  sync.Mutex
	owners map[string]string // by VM id; empty for a VM that was not found by looking
}

func newClaims() *claims { return &claims{owners: map[string]string{}} }

// add notes that a resource has the VM in state; the empty id of a pending VM is none.
func (c *claims) add(id string) {
	if id == "" {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, taken := c.owners[id]; !taken {
		c.owners[id] = ""
	}
}

// take notes that the owner found the VM by looking, which it may do more than once. It reports false when the VM belongs
// to another resource.
func (c *claims) take(id, owner string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if present, taken := c.owners[id]; taken {
		return present == owner
	}
	c.owners[id] = owner

	return true
}

// has reports whether a resource has the VM in state.
func (c *claims) has(id string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_, taken := c.owners[id]

	return taken
}
