package zstack

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	// gatherClones is how long a call waits for one more clone to share it, counted from the last one that came, as long as it is
	// not known how long clones take: as long as a CLI takes to come from one of the resources that it creates at a time to the
	// next. Later it is a small part of a clone's time, but no shorter than soonestClones, or than what the CLI lately took twice.
	gatherClones  = 100 * time.Millisecond
	gatheringPart = 20
	soonestClones = 30 * time.Millisecond
	// longestGathering is how long the first clone of a call waits for others at most, however many keep coming.
	longestGathering = 500 * time.Millisecond
	// largestClone bounds the names of one call, so that its job ends well within the usual timeouts.
	largestClone = 50
	// sendLimit bounds the sending of a shared call with all its repetitions, since no caller's context does.
	sendLimit = 5 * time.Minute
)

// cloneBatcher makes one call of the clones that arrive together and differ in nothing but their names.
type cloneBatcher struct {
	client *Client

	mu        sync.Mutex
	gathering map[string][]*cloneCall // by settings
	waitedOut bool                    // a call was: how many clones come together is known since, not only how many reads do
}

// cloneCall is one CloneVmInstance that several callers share.
type cloneCall struct {
	settings string
	spec     CloneSpec     // of the first; its name counts no more than the others'
	joined   chan struct{} // has an element when a name has come
	full     chan struct{} // closed when no more names had room
	fill     func()        // closes full, once
	leave    func()        // is called when the call is closed: nobody else need be waited for
	answered chan struct{} // closed when it is known what became of the request
	refused  error         // valid then

	// With the batcher's lock, until job is set.
	names   []string
	waiting int
	job     *job // set when no more names are taken
	abandon context.CancelFunc

	decoding sync.Once
	outcomes *cloneOutcomes
	broken   error
}

// join adds a clone to a call that still takes names and has none like it, or to a new one. It returns nil when the client is
// closed. Each who joined must withdraw or leave.
func (b *cloneBatcher) join(ctx context.Context, spec CloneSpec) *cloneCall {
	settings := spec.settings()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, call := range b.gathering[settings] {
		if len(call.names) < largestClone && !slices.Contains(call.names, spec.Name) {
			call.names = append(call.names, spec.Name)
			call.waiting++
			select {
			case call.joined <- struct{}{}:
			default:
			}
			if len(call.names) == largestClone {
				call.fill()
			}

			return call
		}
	}
	call := &cloneCall{
		settings: settings, spec: spec, names: []string{spec.Name}, waiting: 1, abandon: func() {}, leave: func() {},
		joined: make(chan struct{}, 1), full: make(chan struct{}), answered: make(chan struct{}),
	}
	call.fill = sync.OnceFunc(func() { close(call.full) })
	if b.waitedOut {
		call.leave = b.client.life.Await(call.fill)
	}
	if !b.client.life.Run(ctx, func(ctx context.Context) { b.serve(ctx, call) }) {
		call.leave()

		return nil
	}
	if b.gathering == nil {
		b.gathering = make(map[string][]*cloneCall)
	}
	b.gathering[settings] = append(b.gathering[settings], call)

	return call
}

// serve gathers names for a while and sends the call.
func (b *cloneBatcher) serve(ctx context.Context, call *cloneCall) {
	call.gather(ctx, b.patience())
	call.leave()
	b.client.life.Gathered()
	bounded, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	defer close(call.answered)
	if b.seal(call, cancel) {
		call.refused = call.job.start(bounded)
	}
}

// patience is how long a call waits for one more clone.
func (b *cloneBatcher) patience() time.Duration {
	if likely := b.client.paces.Likely(cloneOp); likely > 0 {
		return min(gatherClones, max(soonestClones, likely/gatheringPart, 2*b.client.life.Apart()))
	}

	return gatherClones
}

// gather waits while clones keep coming and there is room for them.
func (call *cloneCall) gather(ctx context.Context, patience time.Duration) {
	longest := time.NewTimer(longestGathering)
	defer longest.Stop()
	quiet := time.NewTimer(patience)
	defer quiet.Stop()
	for {
		select {
		case <-call.joined:
			quiet.Reset(patience)
		case <-quiet.C:
			return
		case <-longest.C:
			return
		case <-call.full:
			return
		case <-ctx.Done():
			return
		}
	}
}

// seal lets no more names into the call. It reports false when all have withdrawn.
func (b *cloneBatcher) seal(call *cloneCall, abandon context.CancelFunc) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waitedOut = true
	b.gathering[call.settings] = slices.DeleteFunc(b.gathering[call.settings], func(c *cloneCall) bool { return c == call })
	if len(b.gathering[call.settings]) == 0 {
		delete(b.gathering, call.settings)
	}
	if len(call.names) == 0 {
		return false
	}
	slices.Sort(call.names) // the request does not depend on who came first
	call.abandon = abandon
	call.job = b.client.newJob(request{
		Call: httpapi.Call{Op: cloneOp, Object: call.spec.SourceUUID}, method: http.MethodPut,
		path: vmPath + "/" + call.spec.SourceUUID + "/actions", in: newCloneBody(call.spec, call.names),
	})

	return true
}

// withdraw takes a name out of a call that is still gathering. It reports false when it is too late.
func (b *cloneBatcher) withdraw(call *cloneCall, name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if call.job != nil {
		return false
	}
	call.names = slices.DeleteFunc(call.names, func(n string) bool { return n == name })
	call.waiting--

	return true
}

// leave is for a caller that no longer waits for the sending. When the last one leaves, nobody wants it to be repeated.
func (b *cloneBatcher) leave(call *cloneCall) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if call.waiting--; call.waiting == 0 {
		call.abandon()
	}
}

// outcome is what became of one name of the call.
func (call *cloneCall) outcome(result json.RawMessage, name string) (VirtualMachine, error) {
	what := httpapi.Call{Op: cloneOp, Object: call.spec.SourceUUID, Effect: httpapi.Changes}
	call.decoding.Do(func() { call.outcomes, call.broken = decodeClones(what, result, call.names) })
	if call.broken != nil {
		return VirtualMachine{}, call.broken
	}

	return call.outcomes.of(what, name)
}
