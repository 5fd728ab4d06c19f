package vsphere

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// longestKnown is how long it may take for the end to be guessed. What takes longer is watched from the start.
const longestKnown = time.Second

// lasting knows how long it lately took what methods started. Looking once at tasks that are likely to have ended is one
// request for all of them, where watching them is three.
type lasting struct {
	mu      sync.Mutex
	methods map[string]*poll.Lasting
}

// saw learns from one that ended.
func (l *lasting) saw(method string, lasted time.Duration) {
	if lasted < 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.methods == nil {
		l.methods = make(map[string]*poll.Lasting)
	}
	if l.methods[method] == nil {
		l.methods[method] = new(poll.Lasting)
	}
	l.methods[method].Saw(lasted)
}

// likely returns when most of what a method starts has ended, and false when that is not known or too far off.
func (l *lasting) likely(method string) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.methods[method]
	if known == nil {
		return 0, false
	}
	end, _ := known.Likely()

	return end, end <= longestKnown
}

// look reads those who are likely to have got what they wait for, and returns those who are to be covered: the others have
// it, or are looked at once more. A failure shows again when they are covered.
func (l *watchLoop) look(ctx context.Context, due []*watch) []*watch {
	var likely, rest []*watch
	for _, awaited := range due {
		if awaited.worthLooking() {
			likely = append(likely, awaited)
		} else {
			rest = append(rest, awaited)
		}
	}
	for _, groups := range filters(likely) {
		found, err := l.lookWith(ctx, groups)
		if err != nil {
			return due
		}
		l.looked(likely, found)
	}

	return rest
}

// looked hands out what a look has shown.
func (l *watchLoop) looked(likely []*watch, found []properties) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tell()
	for _, awaited := range likely {
		for _, p := range found {
			if p.ref == awaited.object {
				l.apply(awaited, p.update())
			}
		}
		awaited.looks++
		awaited.worth = time.Since(awaited.joined) + time.Duration(awaited.looks)*anotherLook
	}
}

// update is what was read, as a wait would have told it.
func (p properties) update() types.ObjectUpdate {
	update := types.ObjectUpdate{Kind: types.ObjectUpdateKindEnter, Obj: p.ref}
	for path, value := range p.values {
		update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Name: path, Val: value})
	}

	return update
}

// readGroups reads what a filter of the groups would tell at first, and more in the same call.
func (s *session) readGroups(
	ctx context.Context, groups []filterGroup, more ...types.PropertyFilterSpec,
) ([]properties, error) {
	return s.retrieve(ctx, "", slices.Concat([]types.PropertyFilterSpec{filterSpec(groups)}, more)...)
}

// filterSpec asks for the properties of all groups.
func filterSpec(groups []filterGroup) types.PropertyFilterSpec {
	var spec types.PropertyFilterSpec
	for _, group := range groups {
		spec.PropSet = append(spec.PropSet, types.PropertySpec{Type: group.kind, PathSet: group.paths})
		for _, object := range group.objects() {
			spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: object})
		}
	}

	return spec
}
