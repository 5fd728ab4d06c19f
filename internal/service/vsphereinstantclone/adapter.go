package vsphereinstantclone

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is the part of [vsphere.Client] that this package needs.
type client interface {
	vm.Client
	labels.Client

	RequireInstantClone(ctx context.Context) error
	MissingInstantClonePrivileges(ctx context.Context, spec vsphere.InstantCloneSpec) ([]apierr.MissingPrivilege, error)
	MissingFirstPrivileges(ctx context.Context, place vsphere.Placement, changes vsphere.Changes) ([]apierr.MissingPrivilege, error)

	CheckInstantClone(ctx context.Context, spec vsphere.InstantCloneSpec) ([]vsphere.CheckFinding, error)

	StartInstantClone(ctx context.Context, spec vsphere.InstantCloneSpec) (task.Handle[string], error)
	InstantCloneTask(id string) task.Handle[string]
	FindInstantClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)
}

// adapter is the instant clone on vSphere.
type adapter struct {
	vm.Adapter[model]

	client client
}

var (
	_ client                                        = (*vsphere.Client)(nil)
	_ lifecycle.Adapter[model, string, vm.Evidence] = (*adapter)(nil)
	_ lifecycle.Overview[model]                     = (*adapter)(nil)
	_ lifecycle.DestroyAuthorizer[model]            = (*adapter)(nil)
)

func newAdapter(client client, shared *lifecycle.Shared, logger *slog.Logger) *adapter {
	a := &adapter{client: client}
	a.Machines = vm.Machines{Client: client, Logger: logger, Shared: shared}
	a.Timeouts, a.Reader = kind.Timeouts, a

	return a
}

// Prepare implements [lifecycle.Adapter].
func (a *adapter) Prepare(ctx context.Context, plan model) (lifecycle.Prepared[model, vm.Evidence], diag.Diagnostics) {
	wanted := a.search(ctx, plan)
	err := a.AwaitName(ctx, wanted)

	return lifecycle.Prepared[model, vm.Evidence]{Plan: plan, Evidence: vm.EvidenceOf(wanted), Err: err}, nil
}

// Task implements [lifecycle.Adapter].
func (a *adapter) Task(lost lifecycle.Lost[model, vm.Evidence]) task.Handle[string] {
	return a.client.InstantCloneTask(lost.TaskID)
}

// Find implements [lifecycle.Adapter].
func (a *adapter) Find(ctx context.Context, lost lifecycle.Lost[model, vm.Evidence]) (lifecycle.Finding[string], error) {
	var otherwise vsphere.CloneSearch
	if lost.Evidence == nil {
		otherwise = a.search(ctx, lost.Model)
	}
	found, err := a.client.FindInstantClone(ctx, vm.SearchFor(lost, otherwise))

	return vm.FindingOf(lost, found, err)
}

// Leaves implements [lifecycle.Adapter]: InstantClone_Task does nothing besides creating the VM, and leaves none when it fails. Only for
// a pending VM a search makes sure of that, since its task was asked to cancel.
func (a *adapter) Leaves(of model, err error) lifecycle.Leftover {
	if err == nil || !of.Pending() || apierr.Is(err, apierr.Cancelled, apierr.AlreadyExists) {
		return lifecycle.LeavesNothing
	}

	return lifecycle.LeavesWhole
}

// LoadVM implements [vm.Reader]. It reads settings and labels where the configuration manages any.
func (a *adapter) LoadVM(ctx context.Context, before model, id string) (*vsphere.VirtualMachine, error) {
	return a.client.VirtualMachineWith(ctx, id, before.extras())
}

// Observed implements [vm.Reader]. It reads once whether the source was frozen.
func (a *adapter) Observed(ctx context.Context, before model, found *vsphere.VirtualMachine) model {
	state := before.observed(found)
	if state.SourceFrozen.IsUnknown() || state.SourceFrozen.IsNull() {
		state.SourceFrozen = a.sourceFrozen(ctx, state.KnownSource(state.Attributes).ValueString())
	}

	return state
}

// sourceFrozen reports whether the source is frozen, null where that can't be learned: a source may be gone.
func (a *adapter) sourceFrozen(ctx context.Context, sourceID string) types.Bool {
	if sourceID == "" {
		return types.BoolNull()
	}
	source, err := a.RecentSource(ctx, sourceID)
	if err != nil {
		return types.BoolNull()
	}

	return types.BoolValue(source.InstantCloneFrozen)
}

// ShowsAll implements [lifecycle.Overview]: network_interfaces shows all of them while the configuration leaves it out.
func (a *adapter) ShowsAll(of model) bool { return of.NetworkInterfaces.IsNull() }

// Unset implements [lifecycle.Overview].
func (a *adapter) Unset(state model) model {
	state.NetworkInterfaces = types.MapNull(interfaces.Type())

	return state
}

// Import implements [lifecycle.Adapter].
func (a *adapter) Import(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (lifecycle.Imported[model], diag.Diagnostics) {
	found, attributes, diags := a.Imported(ctx, req, vcenter)

	return lifecycle.Imported[model]{Of: model{Attributes: vm.ImportedAs(found)}, Attributes: attributes}, diags
}
