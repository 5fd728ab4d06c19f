package lifecycle

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Kind is what tells one kind of resource from the others.
type Kind struct {
	TypeName string // in configurations: "vmfork_vsphere_clone"
	Platform tfdiag.Platform
	Block    string // of the provider's configuration that connects to the platform: "vsphere"
	Timeouts Timeouts
	// Unfinished says in words what a task that failed half-way has left to do, after "could not": "finish the clone".
	Unfinished string
	// FixedIdentity says that the identity stays as it was when the object was created, as long as its ids name the same objects.
	FixedIdentity bool
	// NamesOnly says that a forgotten task's object can be found by its name alone, so that a refresh which does not find it
	// proves nothing.
	NamesOnly bool
}

// Resource serves the requests of the CLI for one kind of resource. The resource type embeds it, and adds its schema.
type Resource[M Model[M], R, E any] struct {
	kind    Kind
	adapter Adapter[M, R, E] // nil until the provider is configured, and while its configuration is not known
	shared  *Shared
	logger  *slog.Logger
}

// NewResource returns a resource that is not configured.
func NewResource[M Model[M], R, E any](kind Kind) Resource[M, R, E] {
	return Resource[M, R, E]{kind: kind, shared: NewShared(nil), logger: slog.New(slog.DiscardHandler)}
}

// Use configures the resource. A nil adapter stands for a platform that is not known yet: the resource plans without looking at it,
// and a refresh keeps the state. A nil logger discards the log.
func (r *Resource[M, R, E]) Use(adapter Adapter[M, R, E], shared *Shared, logger *slog.Logger) {
	r.adapter, r.shared = adapter, shared
	if logger != nil {
		r.logger = logger
	}
}

// Metadata names the resource. Its identity can change: a pending object has no id yet, and gets one when it is adopted; a VM that is
// registered once more gets another id. A plan is made also where the CLI defers it, since the provider's configuration is not known: else the
// framework would answer with what the CLI proposed, in which nothing is unknown and nothing replaces.
func (r *Resource[M, R, E]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.kind.TypeName
	resp.ResourceBehavior = resource.ResourceBehavior{
		MutableIdentity: true, ProviderDeferred: resource.ProviderDeferredBehavior{EnablePlanModification: true},
	}
}

// configured reports whether there is a platform, with an error in diags where there is none.
func (r *Resource[M, R, E]) configured(diags *diag.Diagnostics) bool {
	if r.adapter == nil {
		diags.Append(tfdiag.NotKnownYet(r.kind.Block))
	}

	return r.adapter != nil
}

// connect returns what tells the connected platform from others, and an error in diags where the object is known to belong to another
// one: there the same id may name another object.
func (r *Resource[M, R, E]) connect(ctx context.Context, store Private, diags *diag.Diagnostics) (string, bool) {
	platform, err := r.adapter.Platform(ctx)
	if err != nil {
		diags.Append(tfdiag.FromError(Connecting(r.kind.Platform), err))

		return "", false
	}
	if platform == "" {
		return "", true
	}
	var stored string
	if Load(ctx, store, privatePlatform, &stored) && stored != platform {
		diags.Append(r.adapter.OtherPlatform(stored, platform))

		return "", false
	}
	diags.Append(Save(ctx, store, privatePlatform, platform)...)

	return platform, true
}

// Connecting describes the connection to a platform for the diagnostic of its failure.
func Connecting(platform tfdiag.Platform) tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to " + platform.String(), Platform: platform}
}

// identify sets the identity of a response. A CLI that stores no identity has none to set.
func (r *Resource[M, R, E]) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, platform string, of M) diag.Diagnostics {
	if identity == nil || r.kind.FixedIdentity && !identity.Raw.IsFullyNull() {
		return nil
	}

	return identity.Set(ctx, of.Identity(platform))
}

// search returns the search for a pending object.
func (r *Resource[M, R, E]) search(ctx context.Context, store Private, state M) *search[M, R, E] {
	found := &search[M, R, E]{adapter: r.adapter, registry: r.shared.Registry, logger: r.logger, model: state}
	var stored E
	if Load(ctx, store, privatePending, &stored) {
		found.evidence = &stored
	}

	return found
}

// own notes the ids of a resource that is in state.
func (r *Resource[M, R, E]) own(state M) {
	for _, id := range r.adapter.Claims(state) {
		r.shared.Registry.Add(id)
	}
}

// readNow reads the object for the state that an operation leaves behind, also when the operation was interrupted or is out of time:
// then within a short time of its own.
func (r *Resource[M, R, E]) readNow(ctx context.Context, before M, id string) (M, diag.Diagnostics, error) {
	late, stop := Late(ctx)
	defer stop()

	return r.adapter.Read(late, before, id)
}

// Late returns a context for a read at the end of an operation: ctx itself, or one with a short time of its own where ctx has ended.
func Late(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}

	return context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
}
