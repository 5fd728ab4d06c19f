package vsphereftsecondary

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_ft_secondary"

var (
	_ resource.ResourceWithConfigure   = (*secondaryResource)(nil)
	_ resource.ResourceWithIdentity    = (*secondaryResource)(nil)
	_ resource.ResourceWithImportState = (*secondaryResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*secondaryResource)(nil)
)

// secondaryResource serves one request of the CLI.
type secondaryResource struct {
	client   client // nil until the provider is configured, and while its configuration is not known
	logger   *slog.Logger
	sessions *lifecycle.Sessions[session]
	session  *session
}

// identityModel is the resource's identity.
type identityModel struct {
	VCenterUUID types.String `tfsdk:"vcenter_uuid"`
	PrimaryVMID types.String `tfsdk:"primary_vm_id"`
}

// NewFactory returns the function that makes the resource vmfork_vsphere_ft_secondary for each request. The resources of
// one factory share what they know of one another, so a provider process needs one factory.
func NewFactory() func() resource.Resource {
	shared := &lifecycle.Sessions[session]{}

	return func() resource.Resource {
		return &secondaryResource{sessions: shared, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource.
func (r *secondaryResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

// Configure takes the vSphere client from the provider, and joins the resources that it configured too.
func (r *secondaryResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if connection != nil {
		r.client = connection
	}
	r.session = r.sessions.Of(req.ProviderData)
	if configured, ok := req.ProviderData.(*connections.Connections); ok && configured.Logger != nil {
		r.logger = configured.Logger
	}
}

// configured reports whether there is a client, with an error in diags when there is none.
func (r *secondaryResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("vsphere"))
	}

	return r.client != nil
}

// vcenter returns the identity of the vCenter that the client speaks to, and an error when the resource is known to belong
// to another one: there, the same id may name another VM.
func (r *secondaryResource) vcenter(ctx context.Context, store lifecycle.Private, diags *diag.Diagnostics) (string, bool) {
	about, err := r.client.About(ctx)
	if err != nil {
		diags.Append(tfdiag.FromError(connecting(), err))

		return "", false
	}
	var stored string
	if lifecycle.Load(ctx, store, privateVCenter, &stored) && stored != about.InstanceUUID {
		diags.Append(otherVCenter(stored, about.InstanceUUID))

		return "", false
	}
	diags.Append(lifecycle.Save(ctx, store, privateVCenter, about.InstanceUUID)...)

	return about.InstanceUUID, true
}

func otherVCenter(wanted, connected string) diag.Diagnostic {
	return tfdiag.Conflict(path.Empty(), "The pair belongs to another vCenter",
		fmt.Sprintf("The resource is of the vCenter with the instance UUID %s, but the provider is connected to %s, where the "+
			"same id may name another VM. Point the provider's vsphere block at the vCenter that has the pair", wanted, connected))
}

// keepIdentity sets the identity of a response where the CLI stores none. One that is stored stays, also after a fail-over:
// to Terraform an identity never changes.
func keepIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, vcenter string, primary types.String) diag.Diagnostics {
	if identity == nil || !identity.Raw.IsFullyNull() {
		return nil
	}

	return setIdentity(ctx, identity, vcenter, primary)
}

// setIdentity sets the identity of a response.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, vcenter string, primary types.String) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{VCenterUUID: types.StringValue(vcenter), PrimaryVMID: primary})
}
