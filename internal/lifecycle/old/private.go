package lifecycle

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is the part of a response that the CLI stores for the provider beside the state, and shows to nobody.
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

// imported is the key of what an import notes.
const imported = "imported"

// SaveImported notes that the thing was imported, and that no apply has written down what it was made with.
func SaveImported(ctx context.Context, store Private) diag.Diagnostics {
	return Save(ctx, store, imported, true)
}

// Imported reports whether the thing was imported and no apply has written down what it was made with.
func Imported(ctx context.Context, store Private) bool {
	return Noted(ctx, store, imported)
}

// ForgetImported is for an apply that has written down what the thing was made with.
func ForgetImported(ctx context.Context, store Private) diag.Diagnostics {
	return Forget(ctx, store, imported)
}
