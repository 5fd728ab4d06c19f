package vspheresnapshots

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// snapshots is what the data source needs of the vSphere client.
type snapshots interface {
	SnapshotTree(ctx context.Context, vmID string) (vsphere.SnapshotTree, error)
}

type dataSource struct {
	client snapshots // nil until the provider's configuration is known
}

// NewDataSource returns the data source vmfork_vsphere_snapshots.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vsphere_snapshots"
}

// Configure takes the vSphere client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if client != nil {
		d.client = client
	}
}

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the snapshots of a vSphere VM, and draws its tree of snapshots.",
		Attributes: map[string]schema.Attribute{
			"vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the VM, such as `vm-42`.",
				Required:            true,
				Validators:          []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"snapshots": schema.ListNestedAttribute{
				MarkdownDescription: "The snapshots, each before those that were taken after it, and siblings in the order they were taken. " +
					"Empty for a VM without any; null, with a warning, while vCenter can't read the VM's configuration.",
				Computed:     true,
				NestedObject: schema.NestedAttributeObject{Attributes: snapshotAttributes()},
			},
			"current_snapshot_id": computedString("Managed object id of the snapshot that the VM's present state goes on from; null without " +
				"snapshots."),
			"mermaid": computedString("The tree as a [Mermaid](https://mermaid.js.org) diagram, which GitHub and GitLab draw in Markdown. The VM " +
				"stands below the snapshot that its present state goes on from."),
		},
	}
}

func snapshotAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":          computedString("Managed object id of the snapshot, such as `snapshot-7`."),
		"name":        computedString("Name of the snapshot, as users see it. Several may share one."),
		"description": computedString("What the snapshot is for."),
		"path": computedString("The names that lead to the snapshot from the root of the tree, separated by slashes: `before/after`. A slash " +
			"or backslash within a name has a backslash before it."),
		"parent_snapshot_id": computedString("Managed object id of the snapshot before this one; null for a root."),
		"depth": schema.Int64Attribute{
			MarkdownDescription: "How many snapshots are before this one; 0 for a root.",
			Computed:            true,
		},
		"is_current": schema.BoolAttribute{
			MarkdownDescription: "Whether the VM's present state goes on from this snapshot.",
			Computed:            true,
		},
		"created_at": computedString("When the snapshot was taken, by vCenter's clock, in UTC: `2026-01-02T15:04:05Z`."),
		"quiesced": schema.BoolAttribute{
			MarkdownDescription: "Whether VMware Tools quiesced the guest's file systems.",
			Computed:            true,
		},
		"power_state": computedString("The VM's power state in the snapshot: `poweredOn` and `suspended` with memory, else `poweredOff`."),
	}
}

func computedString(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// Read reads the tree.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if d.client == nil {
		resp.Diagnostics.Append(tfdiag.NotKnownYet("vsphere"))

		return
	}
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	vmID := config.VMID.ValueString()
	tree, err := d.client.SnapshotTree(ctx, vmID)
	switch {
	case err != nil:
		resp.Diagnostics.Append(tfdiag.VMNotRead(path.Root("vm_id"), vmID, "read the snapshots of "+vmID, err))
	case tree.NoConfig:
		resp.Diagnostics.Append(tfdiag.NotReadNow(vmID, tree.ConnectionState))
		resp.Diagnostics.Append(resp.State.Set(ctx, model{VMID: config.VMID})...)
	default:
		resp.Diagnostics.Append(resp.State.Set(ctx, newModel(vmID, tree.Snapshots))...)
	}
}
