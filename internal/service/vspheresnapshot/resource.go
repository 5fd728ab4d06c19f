package vspheresnapshot

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// typeName is the resource's type in configurations.
const typeName = "vmfork_vsphere_snapshot"

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
	VCenterUUID types.String `tfsdk:"vcenter_uuid"`
	VMID        types.String `tfsdk:"vm_id"`
	SnapshotID  types.String `tfsdk:"snapshot_id"`
}

// NewFactory returns the function that makes the resource vmfork_vsphere_snapshot for each request. The resources of one
// factory queue for their VMs together, so a provider process needs one factory.
func NewFactory() func() resource.Resource {
	shared := &lifecycle.Sessions[session]{}

	return func() resource.Resource {
		return &snapshotResource{sessions: shared, logger: slog.New(slog.DiscardHandler)}
	}
}

// Metadata names the resource. Its identity can change once: a pending snapshot has no id yet, and gets one when it is
// adopted.
func (r *snapshotResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
	resp.ResourceBehavior = resource.ResourceBehavior{MutableIdentity: true}
}

// Configure takes the vSphere client from the provider, and joins the resources that it configured too.
func (r *snapshotResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
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

// IdentitySchema describes what identifies the snapshot: its id is unique within one vCenter only, and the VM is where to
// look for it.
func (r *snapshotResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	required := func(description string) identityschema.StringAttribute {
		return identityschema.StringAttribute{Description: description, RequiredForImport: true}
	}
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vcenter_uuid": required("Instance UUID of the vCenter that manages the virtual machine."),
			"vm_id":        required("Managed object id of the virtual machine, such as vm-42."),
			"snapshot_id":  required("Managed object id of the snapshot, such as snapshot-7."),
		},
	}
}

// configured reports whether there is a client, with an error in diags when there is none.
func (r *snapshotResource) configured(diags *diag.Diagnostics) bool {
	if r.client == nil {
		diags.Append(tfdiag.NotKnownYet("vsphere"))
	}

	return r.client != nil
}

// vcenter returns the identity of the vCenter that the client speaks to, and an error when the resource is known to belong
// to another one: there, the same id may name another snapshot.
func (r *snapshotResource) vcenter(ctx context.Context, store lifecycle.Private, diags *diag.Diagnostics) (string, bool) {
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
	return tfdiag.Conflict(path.Empty(), "The snapshot belongs to another vCenter",
		fmt.Sprintf("The resource is of the vCenter with the instance UUID %s, but the provider is connected to %s, where the "+
			"same id may name another snapshot. Point the provider's vsphere block at the vCenter that has the VM", wanted, connected))
}

// setIdentity sets the identity of a response. A pending snapshot has a vCenter and a VM but no id yet.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, vcenter string, of *model) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{
		VCenterUUID: types.StringValue(vcenter),
		VMID:        tfattr.StringOrNull(of.VMID.ValueString()),
		SnapshotID:  tfattr.StringOrNull(of.ID.ValueString()),
	})
}
