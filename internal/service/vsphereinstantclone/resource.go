package vsphereinstantclone

import (
	"context"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_instant_clone"

// defaults is how long operations may take where the configuration says nothing.
var defaults = lifecycle.Timeouts{
	Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 60 * time.Minute, Delete: 20 * time.Minute,
	Shutdown: 3 * time.Minute,
}

var (
	_ resource.ResourceWithConfigure      = (*instantCloneResource)(nil)
	_ resource.ResourceWithIdentity       = (*instantCloneResource)(nil)
	_ resource.ResourceWithImportState    = (*instantCloneResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*instantCloneResource)(nil)
	_ resource.ResourceWithValidateConfig = (*instantCloneResource)(nil)
)

// instantCloneResource serves one request of the CLI.
type instantCloneResource struct {
	client   client // nil until the provider is configured, and while its configuration is not known
	logger   *slog.Logger
	sessions *vmlifecycle.Sessions
	session  *vmlifecycle.Session
	seen     *lifecycle.Seen
}

// NewFactory returns the function that makes the resource vmfork_vsphere_instant_clone for each request. The resources of one
// provider process share what they know of one another in sessions.
func NewFactory(sessions *vmlifecycle.Sessions) func() resource.Resource {
	return func() resource.Resource {
		return &instantCloneResource{sessions: sessions, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource. Its identity can change once: a pending instant clone has no VM yet, and gets one when it is
// adopted.
func (r *instantCloneResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// Configure takes the vSphere client from the provider, and joins the resources that it configured too.
func (r *instantCloneResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if connection != nil {
		r.client = connection
	}
	r.session = r.sessions.Of(req.ProviderData)
	if configured, ok := req.ProviderData.(*connections.Connections); ok {
		r.seen = configured.Seen
		if configured.Logger != nil {
			r.logger = configured.Logger
		}
	}
}

// life is what happens to an instant clone from its creation to its end.
func (r *instantCloneResource) life() *vmlifecycle.Life[model] {
	life := &vmlifecycle.Life[model]{
		Machines: vmlifecycle.Machines{Logger: r.logger, Session: r.session, Seen: r.seen},
		Timeouts: defaults,
		Search:   r.search,
		Start:    r.start,
		LeavesVM: func(model) bool { return false },
		Refused:  r.refused,
		Steps:    r.steps,
		See:      r.see,
		More:     r.more,
	}
	if r.client != nil {
		life.Client, life.Task, life.Find = r.client, r.client.InstantCloneTask, r.client.FindInstantClone
	}

	return life
}

// configured reports whether there is a client, with an error in diags when there is none.
func (r *instantCloneResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("vsphere"))
	}

	return r.client != nil
}

// Create makes the instant clone.
func (r *instantCloneResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Create(ctx, req, resp)
	}
}

// Read reports what the platform has.
func (r *instantCloneResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.life().Read(ctx, req, resp)
}

// Update brings the VM to where the plan wants it.
func (r *instantCloneResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Update(ctx, req, resp)
	}
}

// Delete powers the VM off and destroys it.
func (r *instantCloneResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Delete(ctx, req, resp)
	}
}

// ImportState takes over a VM by its id, its inventory path or its identity.
func (r *instantCloneResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Import(ctx, req, resp)
	}
}
