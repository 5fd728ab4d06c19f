package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// StillRunning is the warning of a refresh that finds the task not yet ended. It is never an error, since an error would
// block plan and destroy alike.
func (c Creation) StillRunning(percent int) diag.Diagnostic {
	standing := ""
	if percent >= 0 {
		standing = fmt.Sprintf(" (%d %%)", percent)
	}

	return report(diag.SeverityWarning, path.Empty(), upperFirst(c.Object)+" is still being created",
		fmt.Sprintf("%s still works on %s %s%s, which an earlier apply started.", c.Platform, c.words().task, c.TaskID, standing),
		"The next apply waits for it and adopts the object. Where the resource is tainted, it replaces it.")
}

// PendingNotResolved is the warning of a refresh that could not find out what became of the task: the state is kept.
func (c Creation) PendingNotResolved(err error) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), "Nobody knows yet whether "+c.Object+" was created",
		c.saidBy(err),
		c.taskInWords("An earlier apply started {task} and did not see its end.", "An earlier apply did not see its end.")+
			" The state is kept; the next plan asks again.")
}

// PendingNotCreated is the warning of a refresh that proved that the task made nothing: the resource leaves the state. err
// is the task's own error, nil where it is not known. Where the platform has forgotten the task that is no proof: the resource stays,
// and the plan replaces it.
func (c Creation) PendingNotCreated(err error) diag.Diagnostic {
	if c.Forgotten {
		return report(diag.SeverityWarning, path.Empty(),
			fmt.Sprintf("%s was not created by the earlier apply, as far as %s can tell", upperFirst(c.Object), c.Platform),
			c.forgotten(), "The next apply creates it anew. Until then it stays in state as pending.",
			"If somebody has renamed it meanwhile, make "+product()+" forget the resource and import it. Once the next apply or destroy is "+
				"done, the renamed one belongs to no resource.")
	}

	return report(diag.SeverityWarning, path.Empty(), upperFirst(c.Object)+" was not created by the earlier apply",
		c.taskInWords("{Task} ended without making it.", "The earlier "+c.words().task+" ended without making it."),
		c.saidBy(err), "It leaves the state, and this plan creates it anew.")
}

// PendingUnfinished is the error of an apply that waited for the earlier task and did not see its end either: the old
// state is kept.
func (c Creation) PendingUnfinished(err error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" is still not there",
		c.taskInWords("This apply waited for {task}, which an earlier one started, and did not see its end.",
			"This apply waited for what an earlier one started, and did not see its end."),
		c.saidBy(err),
		"The state is as it was; the next apply waits again. "+deadlineAdvice(Operation{TimeoutAttribute: c.TimeoutAttribute}))
}

// PendingFailed is the error of an apply that waited for the earlier task, which then made nothing. err is the task's own
// error. The next refresh drops the resource, so that the next plan creates it anew; where the platform has forgotten the task, that
// plan replaces it.
func (c Creation) PendingFailed(err error) diag.Diagnostic {
	if c.Forgotten {
		return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" was not created, as far as "+c.Platform.String()+" can tell",
			c.forgotten(), "If somebody has renamed it meanwhile, make "+product()+" forget the resource and import it. Otherwise apply "+
				"again: the next plan creates it anew.")
	}

	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" was not created",
		c.taskInWords("{Task}, which an earlier apply started, ended without making it.",
			"What an earlier apply started ended without making it."),
		c.saidBy(err), "Apply again: the next plan creates it anew.")
}

// NothingToDelete is the warning that a destroy of a resource with a pending task found nothing to destroy, where the platform has
// forgotten the task: it leaves the state.
func (c Creation) NothingToDelete() diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), upperFirst(c.Object)+" was not there to destroy",
		c.forgotten(), fmt.Sprintf("It leaves the state. If somebody has renamed it meanwhile, destroy it in %s: it belongs to no resource.",
			c.Platform))
}

// forgotten says why the outcome of a pending object can't be known.
func (c Creation) forgotten() string {
	return fmt.Sprintf("%s has forgotten %s, and nothing there has the name.", c.Platform,
		c.taskInWords("{task}, which an earlier apply started", "what an earlier apply started"))
}

// DeleteUnresolved is the error that a resource with a pending task can't be destroyed, because it is not known what the
// task created. The state is kept.
func (c Creation) DeleteUnresolved(err error) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), "Could not destroy "+c.Object+": nobody knows yet whether it exists",
		c.taskInWords("{Task}, which an earlier apply started, has neither made it nor ended without it.",
			"What an earlier apply started has neither made it nor ended without it."),
		c.saidBy(err),
		fmt.Sprintf("The state is kept. Destroy again when the %s has ended. If it never ends, look for the object in "+
			"%s, then make %s forget it:", c.words().task, c.Platform, product()),
		indented(Command(fmt.Sprintf("state rm %s.<NAME>", c.ResourceType))))
}
