package lifecycle

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// hanging is what depends on an object.
type hanging struct {
	mutex sync.Mutex
	ids   []string
	asked int
}

func (h *hanging) remaining(context.Context) ([]string, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.asked++

	return slices.Clone(h.ids), nil
}

func (h *hanging) remove(id string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.ids = slices.DeleteFunc(h.ids, func(each string) bool { return each == id })
}

func TestNames_AwaitGone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		goes  func(n *Names, h *hanging)
		stay  []string
		after time.Duration // how long it waits
	}{
		{"none hangs on it", func(_ *Names, h *hanging) { h.ids = nil }, nil, 0},
		{"both are destroyed", func(n *Names, h *hanging) {
			for _, id := range []string{"vm-1", "vm-2"} {
				<-time.After(time.Second)
				end := n.Leave(id)
				<-time.After(time.Second)
				h.remove(id)
				end(nil)
			}
		}, nil, 4 * time.Second},
		{"one is not destroyed", func(n *Names, h *hanging) {
			end := n.Leave("vm-1")
			h.remove("vm-1")
			end(nil)
		}, []string{"vm-2"}, NamePatience},
		{"one is only renamed", func(n *Names, _ *hanging) { n.Leave("vm-1")(nil); n.Leave("vm-2")(nil) }, []string{"vm-1", "vm-2"}, NamePatience},
		{"a destroy fails", func(n *Names, _ *hanging) { n.Leave("vm-1")(errors.New("in use")) }, []string{"vm-1", "vm-2"}, 0},
		{"another process destroys them", func(_ *Names, h *hanging) { h.remove("vm-1"); h.remove("vm-2") }, nil, NamePatience},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				names, hangs := &Names{Patience: NamePatience}, &hanging{ids: []string{"vm-1", "vm-2"}}
				began := time.Now()
				if test.after == 0 {
					test.goes(names, hangs)
				} else {
					go func() {
						for asked := 0; asked == 0; {
							hangs.mutex.Lock()
							asked = hangs.asked
							hangs.mutex.Unlock()
							<-time.After(time.Millisecond)
						}
						test.goes(names, hangs)
					}()
				}
				stay, err := names.AwaitGone(t.Context(), hangs.remaining)
				if waited := time.Since(began); err != nil || !slices.Equal(stay, test.stay) || waited.Round(time.Second) != test.after {
					t.Errorf("%v stay after %s, %v", stay, waited, err)
				}
				synctest.Wait()
			})
		})
	}
}
