package vm

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Evidence is what was asked for when the creation of a pending VM began, and by which the VM is known. The state may have changed since.
// States that older versions of the provider wrote lack the later fields.
type Evidence struct {
	SourceID string    `json:"source_id"`
	Name     string    `json:"name"`
	FolderID string    `json:"folder_id,omitempty"`
	Began    time.Time `json:"began"`          // when the request went out, by vCenter's clock
	Until    time.Time `json:"until,omitzero"` // when the creation's time is over, by vCenter's clock
	User     string    `json:"user,omitempty"` // the account that sent it, as vCenter spells it
	// RequestUUID is that of the stamp which the request carries; empty for a request that can't carry one.
	RequestUUID string `json:"request_uuid,omitempty"`
}

// Clock tells the account of the connection, and the time by vCenter's clock; [vsphere.Client] is one.
type Clock interface {
	UserName(ctx context.Context) (string, error)
	ServerTime(ctx context.Context) (time.Time, error)
}

// Now returns the account that a request goes out by, as vCenter spells it, and the time by vCenter's clock.
func Now(ctx context.Context, clock Clock) (user string, now time.Time, err error) {
	if user, err = clock.UserName(ctx); err != nil {
		return "", time.Time{}, err
	}
	now, err = clock.ServerTime(ctx)

	return user, now, err
}

// EvidenceOf returns the evidence of a request that has not begun.
func EvidenceOf(search vsphere.CloneSearch) Evidence {
	return Evidence{SourceID: search.SourceID, Name: search.Name, FolderID: search.FolderID}
}

// Begin completes the evidence of a request that goes out now. It returns the stamp for the request to carry.
func (a *Adapter[M]) Begin(ctx context.Context, plan M, evidence *Evidence) (*vsphere.Stamp, error) {
	timeout, diags := lifecycle.Timeout(plan.OperationTimeouts(), lifecycle.CreateTimeout, a.Timeouts.Create)
	if diags.HasError() {
		timeout = a.Timeouts.Create // Create has refused such a plan
	}
	user, began, err := Now(ctx, a.Client)
	if err != nil {
		return nil, err
	}
	evidence.Began, evidence.Until, evidence.User, evidence.RequestUUID = began, began.Add(timeout), user, uuid.NewString()

	return &vsphere.Stamp{
		RequestUUID: evidence.RequestUUID, SourceID: evidence.SourceID, Name: evidence.Name, At: began,
	}, nil
}

// BeginUnstamped is [Adapter.Begin] for a request that can't carry a stamp.
func (a *Adapter[M]) BeginUnstamped(ctx context.Context, plan M, evidence *Evidence) error {
	_, err := a.Begin(ctx, plan, evidence)
	evidence.RequestUUID = ""

	return err
}

// SearchFor returns the search for a lost VM: by its evidence, or by what the state says where there is none.
func SearchFor[M any](lost lifecycle.Lost[M, Evidence], otherwise vsphere.CloneSearch) vsphere.CloneSearch {
	search := otherwise
	if known := lost.Evidence; known != nil {
		search = vsphere.CloneSearch{
			SourceID: known.SourceID, Name: known.Name, FolderID: known.FolderID, Since: known.Began, Until: known.Until,
			User: known.User, RequestUUID: known.RequestUUID, StorageDRS: otherwise.StorageDRS,
		}
	}
	search.TaskID = lost.TaskID

	return search
}

// FindingOf returns the client's finding as the life cycle judges it.
func FindingOf[M any](lost lifecycle.Lost[M, Evidence], found vsphere.CloneFinding, err error) (lifecycle.Finding[string], error) {
	if lost.Evidence == nil && found.VMID != "" {
		found.Candidate, found.VMID = &vsphere.Candidate{ID: found.VMID}, ""
	}

	return lifecycle.Finding[string]{
		Found: found.VMID != "", Result: found.VMID, TaskIDs: found.TaskIDs, Candidate: CandidateOf(found.Candidate, ""),
	}, err
}

// CandidateOf returns the client's candidate for the life cycle. importID is what an import takes, where that is not the object's id.
func CandidateOf(found *vsphere.Candidate, importID string) *lifecycle.Candidate {
	if found == nil {
		return nil
	}

	return &lifecycle.Candidate{Key: found.ID, Existing: tfdiag.Existing{
		ID: cmp.Or(importID, found.ID), CreatedBy: found.User, CreatedAt: found.CreatedAt, SourceID: found.SourceID,
	}}
}
