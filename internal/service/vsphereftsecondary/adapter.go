package vsphereftsecondary

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is the part of [vsphere.Client] that this package needs.
type client interface {
	vm.PrivilegeAsker
	MissingClusterPrivileges(ctx context.Context, clusterID string, privileges ...string) ([]apierr.MissingPrivilege, error)
	vm.MachineReader
	vm.ObjectReader
	vm.Finder

	About(ctx context.Context) (vsphere.About, error)
	ServerTime(ctx context.Context) (time.Time, error)
	UserName(ctx context.Context) (string, error)
	FaultTolerance(ctx context.Context, vmID string) (vsphere.FaultTolerance, error)
	FaultToleranceWith(ctx context.Context, vmID, partnerID string) (vsphere.FaultTolerance, error)
	CheckFaultTolerance(ctx context.Context, vmID string) ([]vsphere.CheckFinding, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	CreateSecondary(ctx context.Context, spec vsphere.SecondarySpec) (task.Handle[vsphere.SecondaryResult], error)
	SecondaryTask(id string) task.Handle[vsphere.SecondaryResult]
	FindSecondary(ctx context.Context, search vsphere.SecondarySearch) (vsphere.SecondaryFinding, error)
	SecondaryOrigin(ctx context.Context, primaryID, secondaryID string) (vsphere.Origin, error)

	EnableSecondary(ctx context.Context, primaryID, secondaryID, hostID string) (task.Handle[vsphere.SecondaryResult], error)
	DisableSecondary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error)
	MakePrimary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error)
	TurnOffFaultTolerance(ctx context.Context, primaryID string) (task.Handle[struct{}], error)
	ApplyRecommendation(ctx context.Context, clusterID, key string) error
	WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error
}

// evidence is what is known of the request that creates a pending secondary. States that older versions of the provider wrote lack it.
type evidence struct {
	PrimaryID string    `json:"primary_id,omitempty"`
	Began     time.Time `json:"began,omitzero"` // when the request went out, by vCenter's clock
	User      string    `json:"user,omitempty"` // the account that sent it, as vCenter spells it
}

// adapter is the secondary on vSphere.
type adapter struct {
	client client
	shared *lifecycle.Shared
	logger *slog.Logger
}

var (
	_ client                                                      = (*vsphere.Client)(nil)
	_ lifecycle.Adapter[model, vsphere.SecondaryResult, evidence] = (*adapter)(nil)
	_ lifecycle.Carrier[model]                                    = (*adapter)(nil)
	_ lifecycle.DestroyPlanner[model]                             = (*adapter)(nil)
	_ lifecycle.DestroyAuthorizer[model]                          = (*adapter)(nil)
	_ lifecycle.Identifier[model]                                 = (*adapter)(nil)
	_ lifecycle.Follower[model]                                   = (*adapter)(nil)
)

// Platform implements [lifecycle.Adapter].
func (a *adapter) Platform(ctx context.Context) (string, error) {
	about, err := a.client.About(ctx)

	return about.InstanceUUID, err
}

// OtherPlatform implements [lifecycle.Adapter].
func (a *adapter) OtherPlatform(stored, connected string) diag.Diagnostic {
	return vm.OtherVCenter("pair", "VM", "pair", stored, connected)
}

// Slot implements [lifecycle.Adapter].
func (a *adapter) Slot(ctx context.Context) (release func(), err error) {
	return a.client.AcquireTaskSlot(ctx)
}

// Queue implements [lifecycle.Adapter]: a primary has one secondary.
func (a *adapter) Queue(model) string { return "" }

// pairOf is how [lifecycle.Registry] knows that the pair of a VM is in state. The VM's own id is that of the resource which created the VM.
func pairOf(vmID string) string { return "pair " + vmID }

// Claims implements [lifecycle.Adapter]. The replacement of a tainted pair is planned as if there were none, but the pair goes first.
func (a *adapter) Claims(state model) []string {
	claims := []string{pairOf(state.PrimaryVMID.ValueString())}
	if !state.Pending() {
		claims = append(claims, pairOf(state.ObjectID()))
	}

	return claims
}

// Prepare implements [lifecycle.Adapter]. It refuses a primary that has a secondary already.
func (a *adapter) Prepare(ctx context.Context, plan model) (lifecycle.Prepared[model, evidence], diag.Diagnostics) {
	pair, err := a.client.FaultTolerance(ctx, plan.PrimaryVMID.ValueString())
	switch {
	case err != nil:
		return lifecycle.Prepared[model, evidence]{}, diag.Diagnostics{
			tfdiag.FromError(plan.Operation("create", lifecycle.CreateTimeout), err),
		}
	case pair.Role == vsphere.RoleSecondary, pair.SecondaryID != "":
		return lifecycle.Prepared[model, evidence]{}, diag.Diagnostics{a.alreadyPaired(ctx, pair, true)}
	default:
		return lifecycle.Prepared[model, evidence]{Plan: plan, Evidence: evidence{PrimaryID: plan.PrimaryVMID.ValueString()}}, nil
	}
}

// Start implements [lifecycle.Adapter] by CreateSecondaryVMEx_Task.
func (a *adapter) Start(
	ctx context.Context, change lifecycle.Change[model], known *evidence,
) (task.Handle[vsphere.SecondaryResult], error) {
	var err error
	if known.User, known.Began, err = vm.Now(ctx, a.client); err != nil {
		return nil, err
	}

	return a.client.CreateSecondary(ctx, change.Plan.spec())
}

// Retries implements [lifecycle.Adapter].
func (a *adapter) Retries(model) lifecycle.Retry { return lifecycle.WhileBusy{} }

// Task implements [lifecycle.Adapter].
func (a *adapter) Task(lost lifecycle.Lost[model, evidence]) task.Handle[vsphere.SecondaryResult] {
	return a.client.SecondaryTask(lost.TaskID)
}

// Find implements [lifecycle.Adapter]: the primary's own ftInfo names its secondary, and its tasks say by which account. A primary that is gone
// has none, and one that names its secondary needs no wait for tasks.
func (a *adapter) Find(
	ctx context.Context, lost lifecycle.Lost[model, evidence],
) (lifecycle.Finding[vsphere.SecondaryResult], error) {
	search := vsphere.SecondarySearch{PrimaryID: lost.Model.PrimaryVMID.ValueString(), TaskID: lost.TaskID}
	if lost.Evidence != nil {
		search.Since, search.User = lost.Evidence.Began, lost.Evidence.User
	}
	found, err := a.client.FindSecondary(ctx, search)
	finding := lifecycle.Finding[vsphere.SecondaryResult]{
		Found: found.SecondaryID != "", Result: vsphere.SecondaryResult{SecondaryID: found.SecondaryID}, TaskIDs: found.TaskIDs,
		Candidate: vm.CandidateOf(found.Candidate, search.PrimaryID),
	}
	switch {
	case apierr.Is(err, apierr.NotFound):
		return lifecycle.Finding[vsphere.SecondaryResult]{}, nil
	case finding.Candidate != nil:
		finding.Candidate.Words = fmt.Sprintf("%s is the secondary of %s", found.Candidate.ID, search.PrimaryID)
		a.shared.Registry.AddPending(typeName, search.PrimaryID)
	case finding.Found:
		finding.TaskIDs = nil
	}

	return finding, err
}

// Leaves implements [lifecycle.Adapter]: whatever a cancelled task says, a secondary that exists is complete.
func (a *adapter) Leaves(_ model, err error) lifecycle.Leftover {
	if err == nil {
		return lifecycle.LeavesWhole
	}

	return lifecycle.LeavesPart
}

// ID implements [lifecycle.Adapter].
func (a *adapter) ID(made vsphere.SecondaryResult) string { return made.SecondaryID }

// Resolved implements [lifecycle.Adapter].
func (a *adapter) Resolved(state model, made vsphere.SecondaryResult) model {
	return state.told(made).Bare(made.SecondaryID, "")
}

// Made implements [lifecycle.Adapter].
func (a *adapter) Made(ctx context.Context, plan model, made vsphere.SecondaryResult) (model, error) {
	if plan.Enabled.ValueBool() && plan.told(made).starts() {
		backoff.Pause(ctx, firstLook)
	}
	pair, err := a.client.FaultToleranceWith(ctx, plan.PrimaryVMID.ValueString(), made.SecondaryID)
	if err == nil && !isPair(pair) {
		err = noPair(plan.PrimaryVMID.ValueString())
	}
	if err != nil {
		return plan, err
	}

	return plan.told(made).observed(pair), nil
}

// pairNow reads the pair of a primary and a secondary, whichever is the primary now. Without a pair the error is of kind
// [apierr.NotFound].
func (a *adapter) pairNow(ctx context.Context, primary, secondary string) (vsphere.FaultTolerance, error) {
	pair, err := a.client.FaultToleranceWith(ctx, primary, secondary)
	if apierr.Is(err, apierr.NotFound) && secondary != "" {
		if pair, err = a.client.FaultTolerance(ctx, secondary); err == nil && pair.Role != vsphere.RolePrimary {
			err = noPair(secondary)
		}
	}
	if err == nil && !isPair(pair) {
		err = noPair(primary)
	}

	return pair, err
}

func isPair(pair vsphere.FaultTolerance) bool {
	return pair.Role != vsphere.RoleNone && pair.SecondaryID != "" && pair.PrimaryID != ""
}

// noPair is the error of a VM that is in no pair any more.
func noPair(vmID string) error {
	return &apierr.Error{Kind: apierr.NotFound, Object: vmID, Messages: []string{"the VM " + vmID + " has no FT secondary any more"}}
}

// Carry implements [lifecycle.Carrier]: only the steps tell how powering on went.
func (a *adapter) Carry(plan, reached model) model {
	plan.PowerOnAttempted, plan.PowerOnFault, plan.Recommendations = reached.PowerOnAttempted, reached.PowerOnFault, reached.Recommendations

	return plan
}
