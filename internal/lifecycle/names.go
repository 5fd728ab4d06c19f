package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// NamePatience is how long a creation or a rename waits, unless the environment says otherwise, until the operation begins that frees the
// name it wants.
const NamePatience = 20 * time.Second

// Names lets an object take a name which another one gives up in the same apply: the CLI knows of no order between the two. The one that
// gives it up announces that by [Names.Leave], the other one waits by [Names.Await] or [Names.Rename]. A rename announces before it waits, so
// that renames in a chain or a circle find one another. It works by object ids: which object has a name is for the platform to tell. The zero value is
// ready to use, and has no patience.
type Names struct {
	// Patience is how long to wait until an operation begins that frees a name. One that has begun is waited for until it ends.
	Patience time.Duration

	mutex   sync.Mutex
	leaving map[string]*departure // by object id: what gives up its name, or has given it up
	waits   map[string]string     // by the id of an object that is renamed: the object whose name it waits for
	begun   chan struct{}         // closed when the next departure begins
}

// departure is an operation after which an object does not have its name any more.
type departure struct {
	ended  chan struct{} // closed when the name is free, or will not be
	once   sync.Once
	failed error // why the name is not free; read it after ended
}

func (d *departure) end(err error) {
	d.once.Do(func() {
		d.failed = err
		close(d.ended)
	})
}

func (d *departure) over() bool {
	select {
	case <-d.ended:
		return true
	default:
		return false
	}
}

// Leave announces that an operation began which takes the object's name from it: it is destroyed, renamed or moved. The caller calls end
// when the operation is over, with its error where it failed. An empty id announces nothing.
func (n *Names) Leave(id string) (end func(err error)) {
	if id == "" {
		return func(error) {}
	}
	begun := &departure{ended: make(chan struct{})}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.leaving == nil {
		n.leaving = map[string]*departure{}
	}
	n.leaving[id] = begun
	if n.begun != nil {
		close(n.begun)
		n.begun = nil
	}

	return begun.end
}

// Wanted is a name that an object is to get.
type Wanted interface {
	// Holder returns the id of another object that has the name, empty where the name is free.
	Holder(ctx context.Context) (id string, err error)
	// Describe says what the holder is, for the text of an error.
	Describe(ctx context.Context, holder string) tfdiag.Existing
}

// NameTakenError says that a name is not free, and that nothing was sent to change that.
type NameTakenError struct {
	Existing tfdiag.Existing // the object that has it
	Waited   time.Duration   // how long nothing began that would free it
	Cause    error           // instead: why the operation failed that was to free it
}

// Error implements error.
func (e *NameTakenError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s has the name, and the operation that was to free it failed: %s", e.Existing.ID, e.Cause)
	}

	return fmt.Sprintf("%s has the name, and no operation that frees it began within %s", e.Existing.ID, e.Waited)
}

// Unwrap returns the cause.
func (e *NameTakenError) Unwrap() error { return e.Cause }

// nameAwaitedError is the error of an operation that waited for a name until it had to end.
type nameAwaitedError struct {
	holder string // the object that has the name
	cause  error
}

// Error implements error.
func (e *nameAwaitedError) Error() string {
	return fmt.Sprintf("it waited until %s gives up the name, and had not begun", e.holder)
}

// Unwrap returns why it had to end.
func (e *nameAwaitedError) Unwrap() error { return e.cause }

// Diagnostic is the error of the object that was to get the name.
func (e *NameTakenError) Diagnostic(words tfdiag.Creation) diag.Diagnostic {
	return words.NameNotFreed(e.Existing, e.Waited, e.Cause)
}

// firstError returns the first error of the diagnostics as an error, nil where there is none.
func firstError(diags diag.Diagnostics) error {
	for _, each := range diags.Errors() {
		return fmt.Errorf("%s: %s", each.Summary(), each.Detail()) //nolint:err113 // a diagnostic is all that is known of it
	}

	return nil
}

// errCircle says that the object which has the wanted name waits, directly or not, for the name of the one that wants it.
var errCircle = errors.New("the names are wanted in a circle")

// errNotBegun says that patience ended.
var errNotBegun = errors.New("nothing began that frees the name")

// Await waits until the name is free that a new object is to get. Its error is a [NameTakenError], says that ctx ended, or is the error of
// [Wanted.Holder].
func (n *Names) Await(ctx context.Context, name Wanted) error { return n.awaitFor(ctx, "", name) }

// awaitFor is Await for the object with the id, which is empty for a new one. Its error may be [errCircle], too.
func (n *Names) awaitFor(ctx context.Context, id string, name Wanted) error {
	var before *departure
	for {
		holder, err := name.Holder(ctx)
		if err != nil || holder == "" {
			return err
		}
		tflog.Info(ctx, "Waiting until another object gives up the name", map[string]any{"has_it": holder})
		left, err := n.await(ctx, id, holder, before)
		if errors.Is(err, errNotBegun) { // another process may have freed it: a CLI starts one for each provider block
			if holder, err = name.Holder(ctx); err != nil || holder == "" {
				return err
			}

			return &NameTakenError{Existing: name.Describe(ctx, holder), Waited: n.Patience}
		}
		switch {
		case err != nil:
			return err
		case left.failed != nil:
			return &NameTakenError{Existing: name.Describe(ctx, holder), Cause: left.failed}
		}
		before = left
	}
}

// await waits until the holder has left its name, and returns its departure. before is one that is known already, and does not count.
func (n *Names) await(ctx context.Context, id, holder string, before *departure) (*departure, error) {
	forget, err := n.wait(id, holder)
	if err != nil {
		return nil, err
	}
	defer forget()
	patience := time.NewTimer(n.Patience)
	defer patience.Stop()
	for {
		left, begun := n.departure(holder)
		if left != nil && left != before {
			select {
			case <-left.ended:
				return left, nil
			case <-ctx.Done():
				return nil, &nameAwaitedError{holder, ctx.Err()}
			}
		}
		select {
		case <-begun:
		case <-patience.C:
			return nil, errNotBegun
		case <-ctx.Done():
			return nil, &nameAwaitedError{holder, ctx.Err()}
		}
	}
}

// departure returns what the object's name is left by, nil where that did not begin, and what is closed when the next departure begins.
func (n *Names) departure(id string) (left *departure, begun <-chan struct{}) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.begun == nil {
		n.begun = make(chan struct{})
	}

	return n.leaving[id], n.begun
}

// wait notes that the object with the id waits for the holder. The one that would close a circle gets [errCircle] instead.
func (n *Names) wait(id, holder string) (forget func(), err error) {
	if id == "" {
		return func() {}, nil // what does not exist has no name that another one waits for
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.reaches(holder, id) {
		return nil, errCircle
	}
	if n.waits == nil {
		n.waits = map[string]string{}
	}
	n.waits[id] = holder

	return func() {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		delete(n.waits, id)
	}, nil
}

// reaches reports whether the first object waits, directly or not, for the last one. One that has left its name holds up none.
func (n *Names) reaches(first, last string) bool {
	for at := first; ; {
		if left := n.leaving[at]; left != nil && left.over() {
			return false
		}
		if at == last {
			return true
		}
		next, waits := n.waits[at]
		if !waits {
			return false
		}
		at = next
	}
}
