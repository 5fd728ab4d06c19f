package lifecycle

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is the part of a response that the CLI stores for the provider beside the state, and never shows.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// Save stores a value, as JSON, beside the state.
func Save(ctx context.Context, store Private, key string, value any) diag.Diagnostics {
	encoded, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not store "+key, err.Error())}
	}

	return store.SetKey(ctx, key, encoded)
}

// Load reports whether the key was stored and could be read.
func Load(ctx context.Context, store Private, key string, into any) bool {
	encoded, diags := store.GetKey(ctx, key)

	return !diags.HasError() && len(encoded) > 0 && json.Unmarshal(encoded, into) == nil
}

// Noted reports whether true was stored under the key.
func Noted(ctx context.Context, store Private, key string) bool {
	var noted bool
	Load(ctx, store, key, &noted)

	return noted
}

// Forget removes what is stored under the key.
func Forget(ctx context.Context, store Private, key string) diag.Diagnostics {
	return store.SetKey(ctx, key, nil)
}

// The keys of what a resource stores beside its state.
const (
	privateFormer         = "former_ids"      // ids that the object had before it was registered once more
	privatePlatform       = "vcenter_uuid"    // [Adapter.Platform]: a CLI before 1.12 stores no identity
	privatePending        = "pending"         // the evidence of a pending object
	privateImported       = "imported"        // [Notes.Imported]
	privateForgotten      = "forgotten"       // [Notes.Forgotten]
	privateDestroying     = "destroying"      // a destroy failed
	privateAnchor         = "anchor"          // [DestroyPlanner.Anchor]
	privatePlannedDestroy = "planned_destroy" // [PlannedDestroy], beside a plan
	privateShowsAll       = "shows_all"       // [Overview.ShowsAll] of the configuration
	privateView           = "view"            // [View]
	privateLeaving        = "leaving"         // of a plan that destroys the object: others of its queue that it destroys too
	privateSource         = "source"          // [Source]
	privateReplaced       = "replaced"        // the [Replaced] of a plan; never beside a state
)

// Replaced is the object that is in state, as the plan of its resource marks it in the private data. The CLI hands these data to the second
// call that plans a replacement, which has no prior state, and to no other call without one.
type Replaced struct {
	ID       string `json:"id"` // empty while the object is pending
	Name     string `json:"name"`
	Replaces bool   `json:"replace"` // the arguments ask for the replacement; otherwise the user or replace_triggered_by does
}
