package zstacksnapshot

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_zstack_snapshot"

var (
	_ resource.ResourceWithConfigure   = (*snapshotResource)(nil)
	_ resource.ResourceWithIdentity    = (*snapshotResource)(nil)
	_ resource.ResourceWithImportState = (*snapshotResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*snapshotResource)(nil)
)

// snapshotResource serves one request of the CLI.
type snapshotResource struct {
	client   client // nil until the provider is configured, and while its configuration is not known
	logger   *slog.Logger
	sessions *lifecycle.Sessions[session]
	session  *session
}

// identityModel is the resource's identity.
type identityModel struct {
	UUID types.String `tfsdk:"uuid"`
}

// NewFactory returns the function that makes the resource vmfork_zstack_snapshot for each request. The resources of one
// factory queue for their VMs together, so a provider process needs one factory.
func NewFactory() func() resource.Resource {
	shared := &lifecycle.Sessions[session]{}

	return func() resource.Resource {
		return &snapshotResource{sessions: shared, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource.
func (r *snapshotResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

// Configure takes the ZStack client from the provider, and joins the resources that it configured too.
func (r *snapshotResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.ZStackFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if connection != nil {
		r.client = connection
	}
	r.session = r.sessions.Of(req.ProviderData)
	if configured, ok := req.ProviderData.(*connections.Connections); ok && configured.Logger != nil {
		r.logger = configured.Logger
	}
}

// IdentitySchema describes what identifies the snapshot group: its uuid, which is chosen before the group is taken.
func (r *snapshotResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"uuid": identityschema.StringAttribute{
				Description: "UUID of the snapshot group: 32 hexadecimal digits.", RequiredForImport: true,
			},
		},
	}
}

// configured reports whether there is a client, with an error in diags when there is none.
func (r *snapshotResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("zstack"))
	}

	return r.client != nil
}

// setIdentity sets the identity of a response. A pending group has it too.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, uuid types.String) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{UUID: uuid})
}
