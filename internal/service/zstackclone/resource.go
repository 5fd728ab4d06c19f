package zstackclone

import (
	"context"
	"log/slog"
	"time"

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
const typeName = "vmfork_zstack_clone"

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
	sessions *lifecycle.Sessions[session]
	session  *session
	seen     *lifecycle.Seen
}

// NewFactory returns the function that makes the resource vmfork_zstack_clone for each request. The resources of one provider
// process share what they know of one another.
func NewFactory() func() resource.Resource {
	shared := &lifecycle.Sessions[session]{}

	return func() resource.Resource {
		return &cloneResource{sessions: shared, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource. Its identity can change once: a pending clone has no VM yet, and gets one when it is
// adopted.
func (r *cloneResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// Configure takes the ZStack client from the provider, and joins the resources that it configured too.
func (r *cloneResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.ZStackFrom(req.ProviderData)
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

// configured reports whether there is a client, with an error in diags when there is none.
func (r *cloneResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("zstack"))
	}

	return r.client != nil
}

// identityModel is the resource's identity.
type identityModel struct {
	UUID types.String `tfsdk:"uuid"`
}

// IdentitySchema describes what identifies the VM: its uuid is unique wherever it is.
func (r *cloneResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"uuid": identityschema.StringAttribute{
				Description: "UUID of the virtual machine, 32 hexadecimal digits. Empty while the clone is pending, since its " +
					"machine is not known yet.",
				RequiredForImport: true,
			},
		},
	}
}

// setIdentity sets the identity of a response. That of a pending VM is the empty text: a CLI that stores identities takes none
// that is null.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, uuid string) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{UUID: types.StringValue(uuid)})
}
