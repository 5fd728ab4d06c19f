package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Model is a resource in configuration, plan and state. M is the model itself: a method that returns an M returns a changed
// copy.
type Model[M any] interface {
	// ObjectID returns the platform's id of the object, empty while it is not known.
	ObjectID() string
	// ObjectName returns the object's name, empty where the resource has none.
	ObjectName() string
	// Pending reports whether the object's creation was started and its end is not known.
	Pending() bool
	// PendingTask returns the id of the task that creates a pending object; [UnknownTask] where the answer was lost.
	PendingTask() string
	// Identity returns the resource's identity model. platform is what [Adapter.Platform] returned, or what an earlier
	// operation stored of it.
	Identity(platform string) any
	// OperationTimeouts returns the attribute timeouts.
	OperationTimeouts() timeouts.Value

	// Forecast returns the plan of an object in state, with the computed values unknown that the change affects.
	Forecast(config, prior M) M
	// Replaces returns the arguments whose change replaces the object, and errors of a change that can't be planned.
	Replaces(prior M, notes Notes) (path.Paths, diag.Diagnostics)
	// Bare returns a plan of which the platform has told no more than the object's id or the id of its task: every other
	// unknown value is null. Empty ids are null.
	Bare(id, taskID string) M
	// Keeping returns the model with every value that the plan knows: the CLI holds a provider to its plan.
	Keeping(plan M) M
	// Complete reports whether the plan leaves nothing for the platform to tell.
	Complete() bool

	// Creation describes the object for diagnostics about its life.
	Creation() tfdiag.Creation
	// Operation describes an operation for the diagnostic of its failure. action goes before the object's name: "rename".
	Operation(action string, timeout path.Path) tfdiag.Operation
}

// Notes is what a resource stores beside its state, as far as a plan depends on it.
type Notes struct {
	// Imported says that no apply has written down yet what the object was made with.
	Imported bool
	// Forgotten says that the platform has forgotten the task of a pending object, and that nothing has its name.
	Forgotten bool
}

// Change is what an operation starts from. State is the zero value in a creation. Imported says that no apply has written down yet what the
// object was made with: what the configuration says of that was done.
type Change[M any] struct {
	Config, Plan, State M
	Imported            bool
}

// Planned is what a check compares with the inventory. Prior is nil for a new object. Replaces says that the plan
// replaces the object: the CLI plans the replacement once more as a new object, and that is when it is checked. Replaced is the object that
// this one replaces, nil where there is none or it is not known. Creating says that the object is about to be created: only errors count
// then, and what the platform itself checks as it is asked to create needs no question. Imported is that of [Change]. Unseen says that this process may not have seen what
// is in state: an object in the way may be another resource's, or the very one that is replaced.
type Planned[M any] struct {
	Config, Plan M
	Prior        *M
	Replaces     bool
	Replaced     *Replaced
	Creating     bool
	Imported     bool
	Unseen       bool
	Known        bool // the configuration has no unknown value
}

// Prepared is a creation that may start.
type Prepared[M, E any] struct {
	Plan     M      // with what the provider itself has chosen, such as a UUID
	Evidence E      // by which an object is found again whose task was lost; stored beside the state, as JSON, while it is pending
	Release  func() // ends a reservation once the creation has ended; nil where nothing is reserved
	Err      error  // why the creation can't start, to be described as a refusal of the platform
}

// Lost is an object whose creation can't be seen through. Evidence is nil where the CLI has dropped what was stored beside the
// state, as it does when it fails to destroy a tainted resource. TaskID is empty where the answer to the request was lost.
type Lost[M, E any] struct {
	Model    M
	Evidence *E
	TaskID   string
}

// Finding is the result of one search for a lost object.
type Finding[R any] struct {
	Found  bool
	Result R // what was created, where Found
	// Candidate is an object that has the lost one's name, and of which nothing proves whose it is; nil where there is none, or Found.
	Candidate *Candidate
	// TaskIDs are running tasks, one of which may be the lost one: the object may still come to be.
	TaskIDs []string
}

// Candidate is an object that has the name of a lost one.
type Candidate struct {
	tfdiag.Existing // for texts: its ID is what an import takes

	Key string // the platform's id, as [Registry] knows it
}

// Leftover says what a failed task leaves behind.
type Leftover int

// The leftovers. The zero value is LeavesNothing.
const (
	LeavesNothing Leftover = iota
	LeavesPart             // an object may exist, without what its task was to do besides
	LeavesWhole            // an object may exist, and then it is complete
)

// Step is one change of an object that exists.
type Step[M any] struct {
	Action     string               // goes before the object's name: "rename"; in a creation, after "could not": "power it on"
	Timeout    path.Path            // the argument that bounds the step; zero for the operation's own
	Attributes map[string]path.Path // of the object ids in the step's error; nil for those of [Model.Operation]
	// Idle reports whether the object is as wanted already, so that an interruption before the step leaves nothing to do; nil where it
	// is not.
	Idle func(state M) bool
	// Told says that the plan tells all that the step changes: nothing has to be read after it.
	Told bool
	// Do takes the step and returns the state after it, and warnings.
	Do func(ctx context.Context, state M) (M, diag.Diagnostics, error)
}

// Imported is what an import found. Attributes are set in state by name; the refresh that follows an import reads the others.
type Imported[M any] struct {
	Of         M
	Attributes map[string]any
}

// Adapter is one kind of resource on its platform: M is its model, R what its task results in, and E the evidence by which a
// lost object is found again. Errors are of type [apierr.Error], possibly wrapped.
type Adapter[M Model[M], R, E any] interface {
	// Platform returns what tells the connected platform from others of its kind (vCenter's instance UUID); empty where
	// object ids are unique everywhere.
	Platform(ctx context.Context) (string, error)
	// OtherPlatform is the error of an object that belongs to another platform than the connected one.
	OtherPlatform(stored, connected string) diag.Diagnostic
	// Slot waits until one more task may run on the platform.
	Slot(ctx context.Context) (release func(), err error)
	// Queue names the object that one operation at a time may work on; empty where operations need no queue.
	Queue(of M) string
	// Claims returns the ids that a resource has while it is in state, for [Registry].
	Claims(state M) []string

	// Prepare gets a creation ready before its task starts.
	Prepare(ctx context.Context, plan M) (Prepared[M, E], diag.Diagnostics)
	// Start starts the task that creates the object. It is called again only where [Adapter.Retries] allows it. It completes the
	// evidence with what is known only then, such as the time of the request.
	Start(ctx context.Context, change Change[M], evidence *E) (task.Handle[R], error)
	// Retries judges refusals of Start; nil where none is worth another attempt.
	Retries(plan M) Retry
	// Task returns the handle of a task that another process started.
	Task(lost Lost[M, E]) task.Handle[R]
	// Find searches once for what came to be.
	Find(ctx context.Context, lost Lost[M, E]) (Finding[R], error)
	// Leaves says what a task that failed with err may have left behind; err is nil for one that was cancelled.
	Leaves(of M, err error) Leftover
	// ID returns the platform's id of what a task created.
	ID(made R) string

	// Resolved returns the state of a pending object whose task has created it.
	Resolved(state M, made R) M
	// Made returns the state of a new object, reading what its task does not tell.
	Made(ctx context.Context, plan M, made R) (M, error)
	// AfterCreate returns what is left to do for a new object.
	AfterCreate(plan M, made R, state M) []Step[M]
	// Refused describes the error of a creation that the platform refused.
	Refused(ctx context.Context, plan M, err error) diag.Diagnostics

	// Check compares a plan with the inventory.
	Check(ctx context.Context, planned Planned[M]) diag.Diagnostics
	// Read returns before with everything that the platform tells of the object; its error is of kind [apierr.NotFound] where the
	// object is gone.
	Read(ctx context.Context, before M, id string) (M, diag.Diagnostics, error)
	// Steps returns what brings an object from its state to the plan, in order.
	Steps(change Change[M]) []Step[M]
	// Remove removes the object. An object that is gone is no error. The model, where it is not nil, is the state that an
	// error leaves.
	Remove(ctx context.Context, state M) (*M, diag.Diagnostics)
	// Import returns the object that an import names.
	Import(ctx context.Context, req resource.ImportStateRequest, platform string) (Imported[M], diag.Diagnostics)
}

// Completer is an [Adapter] for a platform on which a task may stay running for ever although its work is done.
type Completer[M, R, E any] interface {
	// Complete searches once for an object that is all that was asked for, whatever its task says: it is Found where something proves whose
	// it is, a Candidate where nothing does, and neither where no such object is there.
	Complete(ctx context.Context, lost Lost[M, E]) Finding[R]
}

// Remainder is an [Adapter] whose object may leave parts behind when it is gone.
type Remainder[M any] interface {
	// Remains returns the state of an object that is gone but keeps its resource in state; keep is false where nothing is
	// left. destroying says that an earlier destroy failed.
	Remains(ctx context.Context, state M, destroying bool) (left M, keep bool, diags diag.Diagnostics)
}

// DestroyChecker is an [Adapter] that has something to say about a plan under which its object goes.
type DestroyChecker[M any] interface {
	// CheckDestroy returns what the user should know before the object in state, which may be pending, is destroyed, or replaced where
	// replaced is true. It is called for the plan of a destroy, and for a plan with a change that replaces the object; not for a tainted
	// object, whose state no plan is told. What would make the destroy fail is a warning here: the plan of a whole configuration's
	// destroy must not fail by one object's inventory, and [Adapter.Remove] checks again.
	CheckDestroy(ctx context.Context, state M, replaced bool) diag.Diagnostics
}

// DestroyAuthorizer is an [Adapter] whose platform tells beforehand whether the user may destroy an object.
type DestroyAuthorizer[M any] interface {
	// MayDestroy returns an error where the user lacks privileges to destroy the object in state, which is not pending. It is an error of a
	// plan that replaces the object, and a warning of one that destroys it.
	MayDestroy(ctx context.Context, state M) diag.Diagnostics
}

// Foreseer is an [Adapter] on whose platform a change of the configuration changes computed values besides, as only the platform can tell.
type Foreseer[M any] interface {
	// Foresee returns the plan with those values unknown. The CLI plans once more as it applies, and what the plan knew must stay then: without
	// an answer of the platform the plan stays as it is.
	Foresee(ctx context.Context, planned Planned[M]) M
}

// Carrier is an [Adapter] whose state has values that neither plan nor platform tells.
type Carrier[M any] interface {
	// Carry returns the plan with what only the state that was reached tells.
	Carry(plan, reached M) M
}

// Inheritor is an [Adapter] that finds in an imported object what the configuration adds.
type Inheritor[M any] interface {
	// Inherit returns the plan of an object that was imported, with those things known that the configuration adds and the object has
	// already. It is called before [Model.Forecast].
	Inherit(ctx context.Context, planned Planned[M]) M
}

// Overview is an [Adapter] with an argument that shows all that the platform has while the configuration leaves it out. A refresh does
// not know the configuration, so that it is noted beside the state.
type Overview[M any] interface {
	// ShowsAll reports whether a configuration, or a state, has no value for the argument.
	ShowsAll(of M) bool
	// Unset returns the state without a value for the argument: what reads it shows all there is.
	Unset(state M) M
}

// Salvager is an [Adapter] that reads the state after a failed step in a way of its own.
type Salvager[M any] interface {
	// Salvage returns the state after a step failed with err, and whether the object is as planned all the same.
	Salvage(ctx context.Context, change Change[M], err error) (state M, done bool)
}
