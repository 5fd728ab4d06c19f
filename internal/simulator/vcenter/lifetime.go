package vcenter

import (
	"context"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// lifetime is the time until a server's Close. Tasks and guests run in its background group.
type lifetime struct {
	root       func() context.Context // the context that lives as long as the server
	stopped    <-chan struct{}        // closed when the server ends
	stop       context.CancelFunc
	background sync.WaitGroup
}

func newLifetime(parent context.Context) *lifetime {
	root, stop := context.WithCancel(parent)

	return &lifetime{root: func() context.Context { return root }, stopped: root.Done(), stop: stop}
}

// wait waits for d, and reports false when the server ended or cancel was closed meanwhile.
func (l *lifetime) wait(d time.Duration, cancel <-chan struct{}) bool {
	return serving.Wait(d, cancel, l.stopped)
}
