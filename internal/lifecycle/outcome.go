package lifecycle

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// UnknownTask is the task id of a pending object whose task the platform never told, since its answer was lost.
const UnknownTask = "unknown"

// outcome is the result of a creation.
type outcome[R any] struct {
	Kind      outcomeKind
	Result    R          // of Created and Partial
	TaskID    string     // of Pending, and of what a task proved
	Err       error      // why it is not just created; nil where a cancelled task says nothing more
	SearchErr error      // of Lost and Unseen: why the search failed too; nil where it found nothing, which proves nothing
	Candidate *Candidate // of Unproved
}

// outcomeKind says what is known about a creation.
type outcomeKind int

// The outcomes. The zero value is NotCreated.
const (
	endNotCreated     outcomeKind = iota // nothing came to be: the error says why
	endCreated                           // the object exists
	endPartial                           // the object exists, but what its task was to do besides failed
	endCancelled                         // the task was cancelled, and nothing came to be
	endPending                           // the task was asked to cancel, and its end is not known
	endLost                              // the answer, or sight of the task, was lost, and the search failed or proved nothing
	endLostNotCreated                    // the answer, or sight of the task, was lost, and nothing came to be
	endUnproved                          // an object has the name, and nothing proves whose it is
	endUnseen                            // the task failed, and the search for what it left behind failed too
)

// describe returns the description of the object with the task that the outcome tells.
func (o outcome[R]) describe(creation tfdiag.Creation) tfdiag.Creation {
	if o.TaskID != UnknownTask {
		creation.TaskID = o.TaskID
	}

	return creation
}

// withoutObject returns the diagnostic of an outcome other than Created, Partial and NotCreated, and whether the resource goes into
// state as pending. interrupted says that the CLI was; timeout is the time that the creation had.
func (o outcome[R]) withoutObject(
	creation tfdiag.Creation, interrupted bool, timeout time.Duration,
) (pending bool, diagnostic diag.Diagnostic) {
	creation = o.describe(creation)
	switch {
	case o.Kind == endCancelled && interrupted:
		return false, creation.InterruptedNotCreated(o.Err)
	case o.Kind == endCancelled:
		return false, creation.TimedOutNotCreated(timeout, o.Err)
	case o.Kind == endLostNotCreated:
		return false, creation.AnswerLostNotCreated(o.Err)
	case o.Kind == endUnseen:
		return true, creation.FailedUnseen(o.Err, o.SearchErr)
	case o.Kind == endUnproved:
		return true, creation.Unproved(o.Candidate.Existing, o.Err, interrupted)
	case interrupted:
		return true, creation.InterruptedPending()
	case o.Kind == endPending:
		return true, creation.TimedOutPending(timeout)
	default:
		return true, creation.AnswerLostUnresolved(o.Err, o.SearchErr)
	}
}
