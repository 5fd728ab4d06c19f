package vspheresnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_snapshot"

var kind = lifecycle.Kind{
	TypeName: typeName, Platform: tfdiag.VSphere, Block: "vsphere",
	Timeouts: lifecycle.Timeouts{
		Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 10 * time.Minute, Delete: 60 * time.Minute,
	},
}

var (
	_ resource.ResourceWithConfigure   = (*snapshotResource)(nil)
	_ resource.ResourceWithIdentity    = (*snapshotResource)(nil)
	_ resource.ResourceWithImportState = (*snapshotResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*snapshotResource)(nil)
)

// snapshotResource is the resource; package lifecycle serves its requests.
type snapshotResource struct {
	lifecycle.Resource[model, string, pendingSnapshot]
}

// New returns the resource vmfork_vsphere_snapshot.
func New() resource.Resource {
	return &snapshotResource{lifecycle.NewResource[model, string, pendingSnapshot](kind)}
}

// Configure takes the vSphere client from the provider.
func (r *snapshotResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	connection, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	shared, logger := connections.SharedFrom(req.ProviderData)
	if connection == nil {
		r.Use(nil, shared, logger)

		return
	}
	r.Use(&adapter{client: connection, shared: shared, logger: logger}, shared, logger)
}
