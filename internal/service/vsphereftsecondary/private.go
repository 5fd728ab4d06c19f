package vsphereftsecondary

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// What the resource remembers beside its state, each under its own key.
const (
	privateVCenter  = "vcenter_uuid" // the vCenter that the ids belong to: a CLI before 1.12 stores no identity
	privateImported = "imported"     // it was imported, and no apply has written down what it was made with
)

// private is the part of a response that the CLI stores for the provider and shows to nobody.
type private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func saveKey(ctx context.Context, store private, key string, value any) diag.Diagnostics {
	encoded, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not store "+key, err.Error())}
	}

	return store.SetKey(ctx, key, encoded)
}

// loadKey reports whether the key was stored and could be read.
func loadKey(ctx context.Context, store private, key string, into any) bool {
	encoded, diags := store.GetKey(ctx, key)

	return !diags.HasError() && len(encoded) > 0 && json.Unmarshal(encoded, into) == nil
}
