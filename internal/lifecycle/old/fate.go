package lifecycle

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Fate is what became of a making.
type Fate[R any] struct {
	Kind      FateKind
	Result    R      // of Created and Partial
	TaskID    string // of Pending, and of what a task proved
	Err       error  // why it is not just created; nil where a cancelled task says nothing more
	SearchErr error  // of Lost and Unseen: why looking for it failed too; nil where nothing was found, which proves nothing
}

// FateKind says what can be done about a making.
type FateKind int

// The fates. The zero value is NotCreated.
const (
	NotCreated     FateKind = iota // nothing came to be: the error says why
	Created                        // it is there
	Partial                        // it is there, but what its task was to do besides failed
	Cancelled                      // we asked to cancel it, and nothing came to be
	Pending                        // we asked to cancel it, and nobody has told how it ended
	Lost                           // the answer, or sight of the task, was lost, and looking for it failed too or proved nothing
	LostNotCreated                 // the answer, or sight of the task, was lost, and nothing came to be
	Unseen                         // its task failed, and looking for what that left behind failed too
)

// Words are a creation's words with the task that the fate tells.
func (f Fate[R]) Words(words tfdiag.Creation) tfdiag.Creation {
	if f.TaskID != UnknownTask {
		words.TaskID = f.TaskID
	}

	return words
}

// Unmade says what there is to say about a fate of which the platform has told no object: all but Created, Partial and
// NotCreated, which only a resource can word. It reports whether the resource goes into state as pending. interrupted says that
// the CLI was; timeout is what the creation had.
func (f Fate[R]) Unmade(words tfdiag.Creation, interrupted bool, timeout time.Duration) (pending bool, said diag.Diagnostic) {
	words = f.Words(words)
	switch {
	case f.Kind == Cancelled && interrupted:
		return false, words.InterruptedNotCreated(f.Err)
	case f.Kind == Cancelled:
		return false, words.TimedOutNotCreated(timeout, f.Err)
	case f.Kind == LostNotCreated:
		return false, words.AnswerLostNotCreated(f.Err)
	case f.Kind == Unseen:
		return true, words.FailedUnseen(f.Err, f.SearchErr)
	case interrupted:
		return true, words.InterruptedPending()
	case f.Kind == Pending:
		return true, words.TimedOutPending(timeout)
	default:
		return true, words.AnswerLostUnresolved(f.Err, f.SearchErr)
	}
}
