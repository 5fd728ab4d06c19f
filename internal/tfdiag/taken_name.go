package tfdiag

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// NameNotFreed is the error of an apply in which the object that has the name kept it: nothing was sent to the platform. failed is why the
// operation failed that was to free the name; nil where none began within the time waited. It prints no import block: what has the name may
// be what this apply is about to destroy.
func (c Creation) NameNotFreed(existing Existing, waited time.Duration, failed error) diag.Diagnostic {
	summary := upperFirst(c.Object) + " exists already"
	nothing := fmt.Sprintf("Nothing was sent to %s.", c.Platform)
	if existing.Kind != "" {
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), otherKind, nothing)
	}
	if failed != nil {
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(),
			"It is managed here, and this apply was to free its name, but that failed: "+sentence(failed.Error()),
			nothing+" Apply again when that error is mended.")
	}
	if existing.Managed {
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(),
			"It is managed here: another resource of the same state has it. "+nothingFreed(waited)+" "+nothing,
			"If the configuration gives that resource another name, or does not have it any more, apply again: the CLI may have had no "+
				"room to do both at once. A higher -parallelism gives it more. Where the other one goes only afterwards, as with "+
				"create_before_destroy, choose another name.")
	}

	again := "If another resource manages it, which the configuration gives another name or does not have any more, apply again. "
	if existing.BlocksLater {
		return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), nothingFreed(waited)+" "+nothing,
			createBeforeDestroy, again+"Otherwise choose another name; or run "+Command("plan")+", which prints the import block that adopts it.")
	}

	return report(diag.SeverityError, c.NameAttribute, summary, existing.inWords(), nothingFreed(waited)+" "+nothing,
		createBeforeDestroy, again+"Otherwise choose another name; or, if no resource has it in state, add this block, with the "+
			"resource's own name for <NAME>:", c.adoption(existing))
}

// Twin is a resource of the configuration whose object is to have the name of another one's.
type Twin struct {
	ResourceType string // "vmfork_vsphere_clone"
	ID           string // of the object it has in state; empty for a new one
	Source       string // what a new one is made from; may be empty
}

// NameTwice is the error of a configuration that gives one name to two objects. place is where the name is one object's, after "in": "the
// folder group-v3".
func (c Creation) NameTwice(other Twin, place string) diag.Diagnostic {
	what := "Another resource of this configuration, a " + other.ResourceType
	switch {
	case other.ID != "":
		what += " that has " + other.ID + " in state"
	case other.Source != "":
		what += " made from " + other.Source
	}

	advice := "Give one of them another name."
	if c.Platform == VSphere {
		advice = "Give one of them another name, or another folder."
	}

	return report(diag.SeverityError, c.NameAttribute, upperFirst(c.Object)+" is in the configuration twice",
		what+", is to have the same name in "+place+", where a name is one machine's.", advice)
}

// nothingFreed says how long was waited.
func nothingFreed(waited time.Duration) string {
	if waited <= 0 {
		return "Nothing in this apply was about to free its name."
	}

	return fmt.Sprintf("Nothing in this apply began to free its name within %s.", waited)
}

// inWords says what the object is, and which account made it where that is known.
func (e Existing) inWords() string {
	what := ""
	if e.Kind != "" {
		what = "the " + e.Kind + " "
	}
	text := "It is " + what + e.ID
	if e.Path != "" {
		text = fmt.Sprintf("It is %s%s (%s)", what, e.Path, e.ID)
	}
	if made := e.made(); made != "" {
		text += ", made " + made
	}

	return text + "."
}
