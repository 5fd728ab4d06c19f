package vsphereobject

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var (
	_ datasource.DataSourceWithConfigure      = (*dataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*dataSource)(nil)
)

// inventory is what the data source needs of the vSphere client.
type inventory interface {
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	Near(ctx context.Context, kind vsphere.ObjectType, path string) (vsphere.Nearby, error)
	SwitchNames(ctx context.Context) (map[string]string, error)
}

type dataSource struct {
	client inventory // nil until the provider's configuration is known
}

type model struct {
	Type types.String `tfsdk:"type"`
	Path types.String `tfsdk:"path"`
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`

	NetworkType types.String `tfsdk:"network_type"`
	SwitchID    types.String `tfsdk:"switch_id"`
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
			"network_type": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Kind of network: `standard_portgroup`, `distributed_portgroup` or `opaque_network`. Set it to choose one of several " +
					"networks of one name. Null for other objects.",
				Validators: []validator.String{tfattr.OneOf(
					string(vsphere.StandardPortgroup), string(vsphere.DistributedPortgroup), string(vsphere.OpaqueNetwork),
				)},
			},
			"switch_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Managed object id of the distributed switch of a network, such as `dvs-12`, as this data source gives it for the type " +
					"`distributed_switch`. Set it to choose one of several networks of one name. Null for other networks and objects.",
				Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereDistributedSwitch)},
			},
		},
	}
}

// ValidateConfig refuses what chooses networks where no network is looked for.
func (d *dataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(config.checkNetwork()...)
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
	what, at := kind.Words(), attrpath.Root("path")

	found, err := d.client.FindObjects(ctx, kind, wanted)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		resp.Diagnostics.Append(tfdiag.FromError(tfdiag.Operation{
			Action:     fmt.Sprintf("find the %s %q", what, wanted),
			Platform:   tfdiag.VSphere,
			Attributes: map[string]attrpath.Path{wanted: at},
		}, err))

		return
	}

	chosen := config.choose(found)
	switch {
	case len(found) == 0:
		resp.Diagnostics.Append(tfdiag.NoMatch(at, what, wanted, d.near(ctx, kind, wanted)))
	case len(chosen) == 0:
		resp.Diagnostics.Append(tfdiag.NoneChosen(config.chosenBy(), what, wanted, d.candidates(ctx, found)))
	case len(chosen) == 1:
		resp.Diagnostics.Append(resp.State.Set(ctx, config.with(chosen[0]))...)
	default:
		resp.Diagnostics.Append(tfdiag.SeveralMatches(at, what, wanted, d.candidates(ctx, chosen), instead(kind)))
	}
}

// near returns what may have been meant by a path that exists nowhere.
func (d *dataSource) near(ctx context.Context, kind vsphere.ObjectType, wanted string) tfdiag.Nearby {
	found, err := d.client.Near(ctx, kind, wanted)

	return vm.Nearby(found, err, func(other vsphere.ObjectType) string {
		if other == vsphere.TypeVirtualMachine {
			return "The data source vmfork_vsphere_virtual_machine finds virtual machines."
		}

		return fmt.Sprintf("Set type = %q to find it.", other)
	})
}
