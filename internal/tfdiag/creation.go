package tfdiag

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Creation is an object that a task makes from an existing VM, for the texts of its life cycle.
type Creation struct {
	// ResourceType is the Terraform type: "vmfork_vsphere_clone".
	ResourceType string
	// Object is what is made, in words: `VM "web-1"`.
	Object string
	// Source is what it is made from, by id: "vm-42". May be empty.
	Source string
	// TaskID is the task that makes it; empty where the answer was lost before it told one.
	TaskID string
	// Forgotten says that the platform no longer knows the task, and that the object can be known by its name alone.
	Forgotten bool
	// Platform is where it is made.
	Platform Platform
	// NameAttribute is the attribute that names the new object: texts about a taken name go there.
	NameAttribute path.Path
	// TimeoutAttribute is the attribute that bounds the creation: timeouts.create.
	TimeoutAttribute path.Path
}

// Existing is an object that has the name which a new one should get. Only ID is needed.
type Existing struct {
	ID        string    // "vm-42"
	Path      string    // "/DC0/vm/web-1"
	Words     string    // what it is, where it has no name to be known by: "vm-92 is the secondary of vm-84"
	Kind      string    // what it is, where that is nothing that a resource could have: "template", "folder"
	CreatedBy string    // "VSPHERE.LOCAL\\ci"
	CreatedAt time.Time // zero where it is not known
	MadeAt    string    // instead, as a platform writes it that does not tell its time zone
	SourceID  string    // what it was made from
	Managed   bool      // a resource of the same state has it, so it can't be imported once more
	Unseen    bool      // it may be in the state all the same, even as what the new object replaces
	// BlocksLater says that the block that imports it is left to "terraform plan".
	BlocksLater bool
}

// AlreadyExists is the error that the name is taken. It says what is known of when and by which account the object was made, and prints
// the import block that adopts it.
func (c Creation) AlreadyExists(existing Existing) diag.Diagnostic {
	summary := upperFirst(c.Object) + " exists already"
	switch {
	case existing.Kind != "":
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), otherKind)
	case existing.Managed:
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(),
			"It is managed here: another resource of the same state has it. Choose another name, or rename or destroy that one in an "+
				"apply of its own first.", createBeforeDestroy)
	case existing.Unseen && existing.BlocksLater:
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), createBeforeDestroy,
			"Otherwise choose another name. If no resource has it in state, \""+Command("plan")+"\" prints the block that imports it.")
	case existing.Unseen:
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), createBeforeDestroy,
			"If no resource has it in state, this block imports it, with the resource's own name for <NAME>:",
			c.adoption(existing),
			"Otherwise choose another name.")
	default:
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(),
			"To manage it with "+product()+", add this block, with the resource's own name for <NAME>, and apply again:",
			c.adoption(existing),
			"Otherwise choose another name.")
	}
}

// otherKind says why a name is taken that no VM has.
const otherKind = "The virtual machines, templates, folders and vApps of a folder share one set of names. Choose another name, or another folder."

// createBeforeDestroy says what a name that is taken has to do with the order of a replacement.
const createBeforeDestroy = "If it is what this resource replaces: create_before_destroy creates the new object while the old one still " +
	"has the name. Give the resource another name together with the change that replaces it, or remove create_before_destroy."

// Namesakes is the warning that there are objects by the name already, where several may share one. It is the only sign of
// an object that an apply created whose provider was killed. It is one warning, since the CLI shows only the first of several.
func (c Creation) Namesakes(existing []Existing) diag.Diagnostic {
	summary := upperFirst(c.Object) + " exists already"
	if existing[0].Unseen && existing[0].BlocksLater {
		paragraphs := []string{"Names may be shared, so another one is made. These have the name:"}
		for _, each := range existing {
			paragraphs = append(paragraphs, indented(strings.TrimSpace(each.ID+" "+each.made())))
		}

		return report(diag.SeverityWarning, c.NameAttribute, summary, append(paragraphs,
			"If an apply that was killed left one of them behind, \""+Command("plan")+"\" prints the block that imports it.")...)
	}
	paragraphs := []string{
		"Names may be shared, so this plan makes another one. If an apply that was killed left one of these behind, add its block, with " +
			"the resource's own name for <NAME>, and " + product() + " manages it:",
	}
	for _, each := range existing {
		if made := each.made(); made != "" {
			paragraphs = append(paragraphs, "Made "+made+":")
		}
		paragraphs = append(paragraphs, c.adoption(each))
	}

	return report(diag.SeverityWarning, c.NameAttribute, summary, paragraphs...)
}

// adoption is the import block that adopts an object.
func (c Creation) adoption(existing Existing) string {
	return indented(
		"import {",
		fmt.Sprintf("  to = %s.<NAME>", c.ResourceType),
		fmt.Sprintf("  id = %q", existing.ID),
		"}",
	)
}

// made says which user created the object, when, and from what, as far as that is known.
func (e Existing) made() string {
	var parts []string
	if e.CreatedBy != "" {
		parts = append(parts, "by "+e.CreatedBy)
	}
	if !e.CreatedAt.IsZero() {
		parts = append(parts, "at "+e.CreatedAt.UTC().Format(time.RFC3339))
	}
	if e.MadeAt != "" {
		parts = append(parts, "at "+e.MadeAt+" (the platform's own time)")
	}
	if e.SourceID != "" {
		parts = append(parts, "from "+e.SourceID)
	}

	return strings.Join(parts, " ")
}

// InterruptedNotCreated is the error after the CLI was interrupted and the platform proved that nothing came to be. reason
// is the task's own error, nil where it was just cancelled.
func (c Creation) InterruptedNotCreated(reason error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), "Interrupted: "+c.Object+" was not created",
		c.nothingMade(reason), c.saidBy(reason), "Apply again to create it.")
}

// InterruptedPending is the warning after the CLI was interrupted and the platform has not told yet what became of the
// task: the resource is in state with pending_task_id.
func (c Creation) InterruptedPending() diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), "Interrupted: "+c.Object+" may still come to be",
		c.askedToCancel(),
		fmt.Sprintf("Nothing is lost: the resource is in state as pending (see %s). The next plan looks what became of "+
			"it, and the next apply adopts the object or creates it anew.", c.words().pending))
}

// TimedOutNotCreated is the error after our own deadline passed and the platform proved that nothing came to be. reason is
// the task's own error, nil where it was just cancelled.
func (c Creation) TimedOutNotCreated(timeout time.Duration, reason error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s was not created within %s", upperFirst(c.Object), timeout),
		c.nothingMade(reason), c.saidBy(reason), c.moreTime(reason))
}

// TimedOutPending is the error after our own deadline passed and the platform has not told yet what became of the task:
// the resource is in state with pending_task_id, and tainted because this is an error.
func (c Creation) TimedOutPending(timeout time.Duration) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s was not there after %s and may still come to be", upperFirst(c.Object), timeout),
		c.askedToCancel(),
		fmt.Sprintf("The resource is in state as pending (see %s) and marked as tainted: the next apply waits for the "+
			"%s, deletes what it made, and creates the object anew. To keep what it makes, untaint it first:",
			c.words().pending, c.words().task),
		c.untaint(),
		deadlineAdvice(Operation{TimeoutAttribute: c.TimeoutAttribute}))
}

// AnswerLostNotCreated is the error after the answer to the request, or sight of its task, was lost and the platform proved
// that nothing came to be. err is the request's error.
func (c Creation) AnswerLostNotCreated(err error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" was not created: "+c.whatWasLost(),
		c.saidBy(err),
		fmt.Sprintf("%s was asked what became of it: nothing was made, and nothing is being made.", c.Platform),
		"Apply again to create it.")
}

// AnswerLostUnresolved is the error after the answer to the request, or sight of its task, was lost and the platform could
// not tell what became of it: the resource is in state as pending, and tainted because this is an error. err is the request's error,
// search that of the search; nil where nothing was found, which proves nothing.
func (c Creation) AnswerLostUnresolved(err, search error) diag.Diagnostic {
	looked, when := "Looking for what became of it failed too.", "when the connection is back, "
	if search == nil {
		looked, when = "It was looked for and is not there, which proves nothing: the work may go on.", ""
	}

	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" may have been created: "+c.whatWasLost(),
		c.saidBy(err),
		looked,
		c.saidBy(search),
		"The resource is in state as pending, marked as tainted: "+when+"the next apply looks again, "+
			"deletes what came to be, and creates the object anew. To keep what came to be, untaint it first:",
		c.untaint())
}

// FailedUnseen is the error after the task failed in a way that may leave something behind, and the platform could not tell whether it
// did: the resource is in state as pending, and tainted because this is an error. err is the task's error, search that of the look.
func (c Creation) FailedUnseen(err, search error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" may have been created: its "+c.words().task+" failed half-way",
		c.saidBy(err),
		"Looking for what it left behind failed too.",
		c.saidBy(search),
		"The resource is in state as pending, marked as tainted: the next apply looks again, deletes what came to be, and creates the "+
			"object anew. To keep what came to be, untaint it first:",
		c.untaint())
}

// StepFailed is the error that a step after the creation failed. The object's id is in state, and tainted because this is
// an error in create. step says in words what failed, as it follows "could not": "power it on".
func (c Creation) StepFailed(id, step string, err error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), "Created "+c.Object+", but could not "+step,
		FromError(Operation{Action: step, Platform: c.Platform, TimeoutAttribute: c.TimeoutAttribute}, err).Detail(),
		fmt.Sprintf("Nothing is lost: %s is in state as %s, marked as tainted. The next apply replaces it. To keep it and "+
			"only repeat what failed, untaint it first:", c.Object, id),
		c.untaint())
}

// InterruptedStep is the warning after the CLI was interrupted in a step after the creation. The object's id is in state, and
// not tainted: a refresh shows what is left to do. step is as in [Creation.StepFailed].
func (c Creation) InterruptedStep(id, step string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), "Interrupted: created "+c.Object+", but did not "+step,
		fmt.Sprintf("Nothing is lost: %s is in state as %s. The next plan reads what it is like now and shows what is left "+
			"to do.", c.Object, id))
}

// nothingMade is the sentence that nothing came to be, because the task was cancelled or failed for a reason of its own.
func (c Creation) nothingMade(reason error) string {
	if reason != nil {
		return c.taskInWords("{Task} failed. Nothing was created"+c.from()+".", "Nothing was created"+c.from()+".")
	}

	if !c.words().cancels {
		return "Nothing was created" + c.from() + "."
	}

	return c.taskInWords(c.Platform.String()+" cancelled {task}. Nothing was created"+c.from()+".",
		"Nothing was created"+c.from()+".")
}

// askedToCancel is the sentence that the end is open.
func (c Creation) askedToCancel() string {
	if !c.words().cancels {
		return c.taskInWords(
			c.Platform.String()+" can't cancel a "+c.words().task+", and {task} has not ended yet.",
			c.Platform.String()+" can't cancel what was asked of it, and has not told yet how it ended.")
	}

	return c.taskInWords(
		c.Platform.String()+" was asked to cancel {task}, but has not told yet how it ended.",
		c.Platform.String()+" was asked to cancel, but has not told yet how it ended.")
}

// whatWasLost says, as it follows a colon, why the object has to be looked for.
func (c Creation) whatWasLost() string {
	return c.taskInWords("how {task} ended could not be seen", "the answer to the request was lost")
}

func (c Creation) from() string {
	if c.Source == "" {
		return ""
	}

	return " from " + c.Source
}

// taskInWords puts the task, by the platform's word and its id, into the first text in place of {task} or {Task}, or takes
// the second text where there is no id.
func (c Creation) taskInWords(with, without string) string {
	if c.TaskID == "" {
		return without
	}
	named := c.words().task + " " + c.TaskID

	return strings.NewReplacer("{task}", named, "{Task}", upperFirst(named)).Replace(with)
}

func (c Creation) words() platformWords { return c.Platform.words() }

// saidBy is what an error says, empty for nil.
func (c Creation) saidBy(err error) string {
	if err == nil {
		return ""
	}
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		return said(c.Platform, failure)
	}

	return sentence(upperFirst(err.Error()))
}

func (c Creation) untaint() string {
	return indented(Command(fmt.Sprintf("untaint %s.<NAME>", c.ResourceType)))
}
