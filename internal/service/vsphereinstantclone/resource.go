package vsphereinstantclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_instant_clone"

var kind = lifecycle.Kind{
	TypeName: typeName, Platform: tfdiag.VSphere, Block: "vsphere", Unfinished: "finish the clone",
	Timeouts: lifecycle.Timeouts{
		Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 60 * time.Minute, Delete: 20 * time.Minute,
		Shutdown: 3 * time.Minute,
	},
}

var (
	_ resource.ResourceWithConfigure      = (*instantCloneResource)(nil)
	_ resource.ResourceWithIdentity       = (*instantCloneResource)(nil)
	_ resource.ResourceWithImportState    = (*instantCloneResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*instantCloneResource)(nil)
	_ resource.ResourceWithValidateConfig = (*instantCloneResource)(nil)
)

// instantCloneResource is the resource; package lifecycle serves its requests.
type instantCloneResource struct {
	lifecycle.Resource[model, string, vm.Evidence]
}

// New returns the resource vmfork_vsphere_instant_clone.
func New() resource.Resource {
	return &instantCloneResource{lifecycle.NewResource[model, string, vm.Evidence](kind)}
}

// Configure takes the vSphere client from the provider.
func (r *instantCloneResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	shared, logger := connections.SharedFrom(req.ProviderData)
	if connection == nil {
		r.Use(nil, shared, logger)

		return
	}
	r.Use(newAdapter(connection, shared, logger), shared, logger)
}
