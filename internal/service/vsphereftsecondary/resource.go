package vsphereftsecondary

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_ft_secondary"

var kind = lifecycle.Kind{
	TypeName: typeName, Platform: tfdiag.VSphere, Block: "vsphere", Unfinished: "finish it",
	Timeouts: lifecycle.Timeouts{
		Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 60 * time.Minute, Delete: 20 * time.Minute,
	},
	FixedIdentity: true,
}

var (
	_ resource.ResourceWithConfigure   = (*secondaryResource)(nil)
	_ resource.ResourceWithIdentity    = (*secondaryResource)(nil)
	_ resource.ResourceWithImportState = (*secondaryResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*secondaryResource)(nil)
)

// secondaryResource is the resource; package lifecycle serves its requests.
type secondaryResource struct {
	lifecycle.Resource[model, vsphere.SecondaryResult, evidence]
}

// New returns the resource vmfork_vsphere_ft_secondary.
func New() resource.Resource {
	return &secondaryResource{lifecycle.NewResource[model, vsphere.SecondaryResult, evidence](kind)}
}

// Configure takes the vSphere client from the provider.
func (r *secondaryResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	shared, logger := connections.SharedFrom(req.ProviderData)
	if connection == nil {
		r.Use(nil, shared, logger)

		return
	}
	r.Use(&adapter{client: connection, shared: shared, logger: logger}, shared, logger)
}
