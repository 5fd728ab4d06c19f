package bench

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// trace collects what a platform was asked for during a step.
type trace struct {
	mu        sync.Mutex
	exchanges []serving.Exchange
}

func (t *trace) add(one serving.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.exchanges = append(t.exchanges, one)
}

// write writes the requests of a step that began at start, in the order in which they came: when, how long they took, and what
// they were. It forgets them.
func (t *trace) write(to io.Writer, title string, start time.Time) error {
	t.mu.Lock()
	exchanges := t.exchanges
	t.exchanges = nil
	t.mu.Unlock()
	slices.SortFunc(exchanges, func(a, b serving.Exchange) int {
		return cmp.Or(a.Came.Compare(b.Came), cmp.Compare(a.Method, b.Method))
	})
	if _, err := fmt.Fprintf(to, "# %s\n", title); err != nil {
		return fmt.Errorf("writing a trace: %w", err)
	}
	for _, one := range exchanges {
		if _, err := fmt.Fprintf(to, "%9.1f %8.1f  %s\n", milliseconds(one.Came.Sub(start)), milliseconds(one.Took), one.Method); err != nil {
			return fmt.Errorf("writing a trace: %w", err)
		}
	}

	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
