package wait

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// cisPoller polls all CIS tasks in flight with one list call.
type cisPoller struct {
	*poller[*cisWait]

	server cisServer
}

// cisServer lists tasks. One that is not known is absent from the answer.
type cisServer interface {
	ListCIS(ctx context.Context, ids []string) (map[string]CISTask, error)
}

// cisWait waits for news of one task.
type cisWait struct {
	id    string
	pace  *poll.Pace
	last  *CISTask // what is known already, nil for nothing
	found CISTask
	ended chan error
}

// due implements [awaited].
func (w *cisWait) due() time.Time { return w.pace.Due() }

// news implements [awaited].
func (w *cisWait) news() chan error { return w.ended }

func newCISPoller(life *httpapi.Lifetime, server cisServer) *cisPoller {
	p := &cisPoller{server: server}
	p.poller = newPoller[*cisWait](life, p)

	return p
}

// next blocks until the task differs from last, ctx ends or nothing can be learned.
func (p *cisPoller) next(ctx context.Context, id string, pace *poll.Pace, last *CISTask) (CISTask, error) {
	w := &cisWait{id: id, pace: pace, last: last, ended: make(chan error, 1)}
	if err := p.await(ctx, w); err != nil {
		return CISTask{}, err
	}

	return w.found, nil
}

// awaits reports whether the task is waited for.
func (p *cisPoller) awaits(id string) bool {
	return slices.ContainsFunc(p.all(), func(w *cisWait) bool { return w.id == id })
}

// ask implements [asker].
func (p *cisPoller) ask(ctx context.Context, waits []*cisWait) {
	byID := make(map[string][]*cisWait, len(waits))
	for _, w := range waits {
		byID[w.id] = append(byID[w.id], w)
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(byID)), cisChunk) {
		found, err := p.server.ListCIS(ctx, chunk)
		now := time.Now()
		p.mu.Lock()
		for _, id := range chunk {
			for _, w := range byID[id] {
				p.tell(w, now, found, err)
			}
		}
		p.mu.Unlock()
	}
}

// tell ends a wait for which an answer has news. The poller is locked.
func (p *cisPoller) tell(w *cisWait, now time.Time, found map[string]CISTask, err error) {
	info, known := found[w.id]
	switch {
	case err != nil || !known || info.State() != task.StateSucceeded:
		w.pace.Asked(now)
	case info.StartTime.IsZero() || info.EndTime.IsZero():
		w.pace.Ended(now)
	default:
		w.pace.Lasted(info.EndTime.Sub(info.StartTime))
	}
	failure, ours := errors.AsType[*apierr.Error](err)
	switch {
	case ours:
		own := *failure
		own.Object = w.id
		p.end(w, &own)
	case err != nil:
		p.end(w, err)
	case !known:
		unknown := httpapi.Call{Op: listOp, Object: w.id}.Error(apierr.NotFound, "NOT_FOUND")
		unknown.TaskID = w.id
		p.end(w, unknown)
	case w.last == nil || !sameNews(*w.last, info):
		w.found = info
		p.end(w, nil)
	}
}

// sameNews reports whether two answers say the same to a caller.
func sameNews(a, b CISTask) bool {
	return a.State() == b.State() && a.percent() == b.percent() && a.note() == b.note()
}
