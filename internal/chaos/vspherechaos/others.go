package vspherechaos

import (
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// others is what other clients of the vCenter made.
type others struct {
	mu   sync.Mutex
	made map[string]chaos.Foreign // by id
}

// has reports whether another client made the object.
func (o *others) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, found := o.made[id]

	return found
}

// Foreign implements [chaos.Platform].
func (p *platform) Foreign() []chaos.Foreign { return nil }
