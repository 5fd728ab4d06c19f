package lifecycle

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ImportState takes over an object. What it was made with is not known: the first apply writes down what the configuration says.
func (r *Resource[M, R, E]) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	platform, ok := r.connect(ctx, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	found, diags := r.adapter.Import(ctx, req, platform)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, found.Of)...)
	r.shared.Process.imports.Store(true)
	resp.Diagnostics.Append(Save(ctx, resp.Private, privateImported, imported)...)
	for name, value := range found.Attributes {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// importMark is what is stored beside the state of an imported object, until an apply has written down what the configuration says of its
// creation. The CLI does not tell of an apply that finds nothing to write down: so a refresh counts the commands that may have been one.
type importMark string

const (
	imported    importMark = "imported" // no apply since the import
	importRead  importMark = "read"     // read by a command that applies the configuration, or plans to
	importEnded importMark = "ended"    // that command has stored its state: nothing was left to write down
)

// UnmarshalJSON reads a mark, and true, which is what older versions stored.
func (m *importMark) UnmarshalJSON(text []byte) error {
	if string(text) == "true" {
		*m = imported

		return nil
	}

	return json.Unmarshal(text, (*string)(m)) //nolint:wrapcheck // Load only asks whether there is an error
}

// importMarkIn returns the mark beside a state, empty for an object that was not imported.
func importMarkIn(ctx context.Context, store Private) importMark {
	var mark importMark
	Load(ctx, store, privateImported, &mark)

	return mark
}

// holds reports whether the arguments that apply at creation only can still be written down.
func (m importMark) holds() bool { return m == imported || m == importRead }

// replaced warns of a plan that replaces the object for an argument that no apply since its import has written down.
func (m importMark) replaced(at path.Path, object string) diag.Diagnostics {
	if m != importEnded {
		return nil
	}

	return diag.Diagnostics{tfdiag.ReplacedAfterImport(at, object)}
}

// agedImport moves the mark of an imported object on: the refresh of one command stores that it may be an apply, and the next one knows
// that its state was stored. A command that does not look at the configuration leaves the mark, as does one that is not known, and the
// refresh that belongs to the import.
func (r *Resource[M, R, E]) agedImport(ctx context.Context, store Private) diag.Diagnostics {
	if !r.shared.Process.Command.Configures() || r.shared.Process.imports.Load() {
		return nil
	}
	switch importMarkIn(ctx, store) {
	case imported:
		return Save(ctx, store, privateImported, importRead)
	case importRead:
		return Save(ctx, store, privateImported, importEnded)
	case importEnded:
	}

	return nil
}
