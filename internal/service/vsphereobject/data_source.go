package vsphereobject

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// inventory is what the data source needs of the vSphere client.
type inventory interface {
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
}

type dataSource struct {
	client inventory // nil until the provider's configuration is known
}

type model struct {
	Type types.String `tfsdk:"type"`
	Path types.String `tfsdk:"path"`
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

// NewDataSource returns the data source vmfork_vsphere_object.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vsphere_object"
}

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one object of vCenter that is no VM: of its inventory, to place clones on, or a tag or a key provider.",
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Kind of object: `datacenter`, `folder`, `resource_pool`, `host`, `cluster`, `datastore`, " +
					"`datastore_cluster`, `network` (distributed port groups among them), `distributed_switch`, `key_provider`, `storage_policy` " +
					"or `tag`.",
				Validators: []validator.String{tfattr.OneOf(
					string(vsphere.TypeDatacenter), string(vsphere.TypeFolder), string(vsphere.TypeResourcePool), string(vsphere.TypeHost),
					string(vsphere.TypeCluster), string(vsphere.TypeDatastore), string(vsphere.TypeDatastoreCluster), string(vsphere.TypeNetwork),
					string(vsphere.TypeDistributedSwitch), string(vsphere.TypeKeyProvider),
					string(vsphere.TypeStoragePolicy), string(vsphere.TypeTag),
				)},
			},
			"path": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Inventory path of the object, such as `/DC0/host/DC0_C0/Resources`; or its name or the end of its " +
					"path without a leading slash, such as `DC0_C0/Resources`, where only one object of the type has it. A `/` or `%` inside a " +
					"name is written as vCenter does: `%2f`, `%25`. A key provider and a storage policy are in no inventory: their path is their name. " +
					"That of a tag is its category's name and its own, such as `/team/red` or `team/red`; or its own, where no other category " +
					"has one of that name.",
				Validators: []validator.String{tfattr.NotEmpty()},
			},
			"id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Managed object id, such as `group-v3`, `resgroup-8`, `host-21` or `datastore-15`. That of a key provider is " +
					"its name, that of a storage policy a UUID, and that of a tag such as `urn:vmomi:InventoryServiceTag:…:GLOBAL`.",
			},
			"name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Name of the object.",
			},
		},
	}
}

// Configure takes the vSphere client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if client != nil {
		d.client = client
	}
}

// Read finds the object.
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

	kind, wanted := vsphere.ObjectType(config.Type.ValueString()), config.Path.ValueString()
	what, at := strings.ReplaceAll(string(kind), "_", " "), attrpath.Root("path")

	found, err := d.client.FindObjects(ctx, kind, wanted)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		resp.Diagnostics.Append(tfdiag.FromError(tfdiag.Operation{
			Action:     fmt.Sprintf("find the %s %q", what, wanted),
			Platform:   tfdiag.VSphere,
			Attributes: map[string]attrpath.Path{wanted: at},
		}, err))

		return
	}

	switch len(found) {
	case 0:
		resp.Diagnostics.Append(tfdiag.NoMatch(at, what, wanted, d.sameName(ctx, kind, wanted)))
	case 1:
		config.ID, config.Name = types.StringValue(found[0].ID), types.StringValue(found[0].Name)
		resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
	default:
		resp.Diagnostics.Append(tfdiag.SeveralMatches(at, what, wanted, candidates(found), "Give the whole path of one of them."))
	}
}

// sameName returns the objects that have the last name of a path that exists nowhere. It is a hint: an error
// of that look-up is ignored.
func (d *dataSource) sameName(ctx context.Context, kind vsphere.ObjectType, wanted string) []tfdiag.Candidate {
	name := path.Base(wanted)
	if name == wanted {
		return nil
	}
	found, err := d.client.FindObjects(ctx, kind, name)
	if err != nil {
		return nil
	}

	return candidates(found)
}

func candidates(found []vsphere.Object) []tfdiag.Candidate {
	list := make([]tfdiag.Candidate, len(found))
	for i, object := range found {
		list[i] = tfdiag.Candidate{ID: object.ID, Name: object.Name, Path: object.Path}
	}

	return list
}
