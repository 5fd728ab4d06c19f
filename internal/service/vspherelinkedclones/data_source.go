package vspherelinkedclones

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// reader is what the data source needs of the vSphere client.
type reader interface {
	LinkedClones(ctx context.Context, sourceID string) ([]vsphere.LinkedClone, error)
}

type dataSource struct {
	client reader // nil until the provider's configuration is known
}

type model struct {
	VMID         types.String `tfsdk:"vm_id"`
	LinkedClones []cloneModel `tfsdk:"linked_clones"`
}

type cloneModel struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	SnapshotID types.String `tfsdk:"snapshot_id"`
	Disks      []string     `tfsdk:"disks"`
}

// NewDataSource returns the data source vmfork_vsphere_linked_clones.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vsphere_linked_clones"
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
		MarkdownDescription: "Lists the machines whose disks stand on files of a vSphere VM or template: its linked clones and its instant clones. " +
			"They need these files, so that neither the VM nor the snapshot can go before them. The disks themselves tell, also of machines " +
			"that were not made by Terraform; those that the user may not see are missing.",
		Attributes: map[string]schema.Attribute{
			"vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the source, such as `vm-42`.",
				Required:            true,
				Validators:          []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"linked_clones": schema.ListNestedAttribute{
				MarkdownDescription: "The machines, by name. Empty where there are none.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":   computedString("Managed object id of the machine, such as `vm-43`."),
					"name": computedString("Name of the machine."),
					"snapshot_id": computedString("Managed object id of the source's snapshot whose files the disks need, the latest of them. Null where " +
						"no snapshot keeps the files: those of an instant clone, or of a linked clone whose snapshot was removed."),
					"disks": schema.ListAttribute{
						MarkdownDescription: "Device keys of the machine's disks that stand on files of the source, such as `[\"2000\"]`.",
						ElementType:         types.StringType,
						Computed:            true,
					},
				}},
			},
		},
	}
}

func computedString(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// Read finds the machines.
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
	found, err := d.client.LinkedClones(ctx, vmID)
	if err != nil {
		resp.Diagnostics.Append(tfdiag.VMNotRead(path.Root("vm_id"), vmID, "read the linked clones of "+vmID, err))

		return
	}
	config.LinkedClones = make([]cloneModel, len(found)) // empty, not null, where there are none
	for i, clone := range found {
		config.LinkedClones[i] = cloneModel{
			ID: types.StringValue(clone.VMID), Name: types.StringValue(clone.Name), SnapshotID: tfattr.StringOrNull(clone.SnapshotID),
			Disks: clone.Disks,
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
}
