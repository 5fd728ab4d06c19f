package vsphereclone

import (
	"context"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_clone"

// defaults is how long operations may take where the configuration says nothing.
var defaults = lifecycle.Timeouts{
	Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 60 * time.Minute, Delete: 20 * time.Minute,
	Shutdown: 3 * time.Minute,
}

var (
	_ resource.ResourceWithConfigure      = (*cloneResource)(nil)
	_ resource.ResourceWithIdentity       = (*cloneResource)(nil)
	_ resource.ResourceWithImportState    = (*cloneResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*cloneResource)(nil)
	_ resource.ResourceWithValidateConfig = (*cloneResource)(nil)
)

// cloneResource serves one request of the CLI.
type cloneResource struct {
	client   client // nil until the provider is configured, and while its configuration is not known
	logger   *slog.Logger
	sessions *vmlifecycle.Sessions
	session  *vmlifecycle.Session
	seen     *lifecycle.Seen
}

// NewFactory returns the function that makes the resource vmfork_vsphere_clone for each request. The resources of one
// provider process share what they know of one another in sessions.
func NewFactory(sessions *vmlifecycle.Sessions) func() resource.Resource {
	return func() resource.Resource {
		return &cloneResource{sessions: sessions, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource. Its identity can change once: a pending clone has no VM yet, and gets one when it is
// adopted.
func (r *cloneResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// Configure takes the vSphere client from the provider, and joins the resources that it configured too.
func (r *cloneResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
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

// life is what happens to a clone from its creation to its end.
func (r *cloneResource) life() *vmlifecycle.Life[model] {
	life := &vmlifecycle.Life[model]{
		Machines: vmlifecycle.Machines{Logger: r.logger, Session: r.session, Seen: r.seen},
		Timeouts: defaults,
		Search: func(_ context.Context, plan model) vsphere.CloneSearch {
			spec := plan.cloneSpec()

			return vsphere.CloneSearch{SourceID: spec.SourceID, Name: spec.Name, FolderID: spec.Placement.FolderID}
		},
		Start: func(ctx context.Context, change vmlifecycle.Change[model]) (task.Handle[string], error) {
			return r.client.StartClone(ctx, change.Plan.cloneSpec())
		},
		LeavesVM: func(plan model) bool {
			return plan.PowerOn.ValueBool() || !plan.customizationSpec().IsNull()
		},
		Refused: r.refused,
		Steps:   r.steps,
		See: func(ctx context.Context, _ model, id string) (*vsphere.VirtualMachine, error) {
			return r.client.VirtualMachine(ctx, id)
		},
		More: func(_ context.Context, observed model, _ *vsphere.VirtualMachine) model { return observed },
	}
	if r.client != nil {
		life.Client, life.Task, life.Find = r.client, r.client.CloneTask, r.client.FindClone
	}

	return life
}

// configured reports whether there is a client, with an error in diags when there is none.
func (r *cloneResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("vsphere"))
	}

	return r.client != nil
}

// Create clones the VM.
func (r *cloneResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Create(ctx, req, resp)
	}
}

// Read reports what the platform has.
func (r *cloneResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.life().Read(ctx, req, resp)
}

// Update brings the VM to where the plan wants it.
func (r *cloneResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Update(ctx, req, resp)
	}
}

// Delete powers the VM off and destroys it.
func (r *cloneResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Delete(ctx, req, resp)
	}
}

// ImportState takes over a VM by its id, its inventory path or its identity.
func (r *cloneResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if r.configured(&resp.Diagnostics) {
		r.life().Import(ctx, req, resp)
	}
}
