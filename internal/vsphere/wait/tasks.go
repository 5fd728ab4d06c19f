package wait

import (
	"context"
	"errors"
	"sync"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// Tasks are the tasks of one vCenter, and what else is awaited there.
type Tasks struct {
	conn     *conn.Conn
	repeater httpapi.Repeater
	cis      *cisPoller
	watcher  *watcher
	paces    poll.Paces
	queues   queues

	mu  sync.Mutex
	own map[string]struct{} // ids of tasks that this process started, and of the objects that they made
}

// New returns the tasks of a connection.
func New(c *conn.Conn) *Tasks {
	t := &Tasks{conn: c, repeater: c.Repeater(), own: make(map[string]struct{}), watcher: newWatcher(&c.Life, vimServer{c})}
	t.cis = newCISPoller(&c.Life, t)
	t.paces.Way = c.RoundTripTime

	return t
}

// Own reports whether this process started the task, or was told that a task of its own made the object: it is not what a search
// for a lost task looks for.
func (t *Tasks) Own(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, own := t.own[id]

	return own
}

func (t *Tasks) addOwn(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own[id] = struct{}{}
}

// Awaited reports whether this process waits for the task.
func (t *Tasks) Awaited(id string) bool { return t.watcher.awaits(id) || t.cis.awaits(id) }

// Properties blocks until done says so of the properties at paths, and returns them. It goes on after failures that pass. The error is
// of kind NotFound when the object is gone.
func (t *Tasks) Properties(
	ctx context.Context, object types.ManagedObjectReference, paths []string, done func(map[string]any) bool,
) (map[string]any, error) {
	for attempts := t.repeater.Begin(httpapi.Reads); ; {
		values, err := t.watcher.await(ctx, poll.NewPace(propertyLook), object, paths, done)
		if err == nil {
			return values, nil
		}
		err = awaitError(ctx, httpapi.Call{Op: watchOp, Object: object.Value}, err)
		if !attempts.Again(ctx, err) {
			return nil, err
		}
	}
}

// awaitError gives every end of a wait the form that the client's errors have.
func awaitError(ctx context.Context, what httpapi.Call, err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		own := *failure

		return &own
	}
	if ctx.Err() != nil {
		return what.Interrupted(ctx, nil)
	}

	return what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(err)
}
