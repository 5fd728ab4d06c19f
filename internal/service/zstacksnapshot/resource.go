package zstacksnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_zstack_snapshot"

var kind = lifecycle.Kind{
	TypeName: typeName, Platform: tfdiag.ZStack, Block: "zstack", Unfinished: "finish it", Timeouts: defaultTimeouts, FixedIdentity: true,
}

var (
	_ resource.ResourceWithConfigure   = (*snapshotResource)(nil)
	_ resource.ResourceWithIdentity    = (*snapshotResource)(nil)
	_ resource.ResourceWithImportState = (*snapshotResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*snapshotResource)(nil)
)

// snapshotResource is the resource; package lifecycle serves its requests.
type snapshotResource struct {
	lifecycle.Resource[model, zstack.SnapshotGroup, evidence]
}

// New returns the resource vmfork_zstack_snapshot.
func New() resource.Resource {
	return &snapshotResource{lifecycle.NewResource[model, zstack.SnapshotGroup, evidence](kind)}
}

// Configure takes the ZStack client from the provider.
func (r *snapshotResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.ZStackFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	shared, logger := connections.SharedFrom(req.ProviderData)
	if connection == nil {
		r.Use(nil, shared, logger)

		return
	}
	r.Use(&adapter{client: connection, shared: shared, logger: logger}, shared, logger)
}

// identityModel is the resource's identity.
type identityModel struct {
	UUID types.String `tfsdk:"uuid"`
}

// IdentitySchema describes what identifies the snapshot group: its UUID, which is chosen before the group is taken.
func (r *snapshotResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"uuid": identityschema.StringAttribute{
				Description: "UUID of the snapshot group: 32 hexadecimal digits.", RequiredForImport: true,
			},
		},
	}
}
