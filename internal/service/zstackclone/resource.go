package zstackclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_zstack_clone"

var kind = lifecycle.Kind{
	TypeName: typeName, Platform: tfdiag.ZStack, Block: "zstack", Unfinished: "finish the clone", NamesOnly: true,
	Timeouts: lifecycle.Timeouts{
		Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 60 * time.Minute, Delete: 20 * time.Minute,
		Shutdown: guestLimit,
	},
}

var (
	_ resource.ResourceWithConfigure      = (*cloneResource)(nil)
	_ resource.ResourceWithIdentity       = (*cloneResource)(nil)
	_ resource.ResourceWithImportState    = (*cloneResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*cloneResource)(nil)
	_ resource.ResourceWithValidateConfig = (*cloneResource)(nil)
)

// cloneResource is the resource; package lifecycle serves its requests.
type cloneResource struct {
	lifecycle.Resource[model, zstack.VirtualMachine, wanted]
}

// New returns the resource vmfork_zstack_clone.
func New() resource.Resource {
	return &cloneResource{lifecycle.NewResource[model, zstack.VirtualMachine, wanted](kind)}
}

// Configure takes the ZStack client from the provider.
func (r *cloneResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
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

// IdentitySchema describes what identifies the VM: its UUID is unique everywhere.
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
