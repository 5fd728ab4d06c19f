package zstackobject

import (
	"context"
	"fmt"
	"slices"
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
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// inventory is what the data source needs of the ZStack client.
type inventory interface {
	ObjectsNamed(ctx context.Context, kind zstack.ObjectType, name string) ([]zstack.Object, error)
	ObjectsNear(ctx context.Context, kind zstack.ObjectType, name string) ([]zstack.Object, error)
}

type dataSource struct {
	client inventory // nil until the provider's configuration is known
}

type model struct {
	Type        types.String `tfsdk:"type"`
	Name        types.String `tfsdk:"name"`
	ID          types.String `tfsdk:"id"`
	UUID        types.String `tfsdk:"uuid"`
	State       types.String `tfsdk:"state"`
	ZoneUUID    types.String `tfsdk:"zone_uuid"`
	ClusterUUID types.String `tfsdk:"cluster_uuid"`
}

// NewDataSource returns the data source vmfork_zstack_object.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_zstack_object"
}

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one object on ZStack that is no VM, to place clones on.",
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Kind of object: `zone`, `cluster`, `host`, `image`, `l3_network`, `primary_storage` or " +
					"`affinity_group`.",
				Validators: []validator.String{tfattr.OneOf(
					string(zstack.TypeZone), string(zstack.TypeCluster), string(zstack.TypeHost), string(zstack.TypeImage),
					string(zstack.TypeL3Network), string(zstack.TypePrimaryStorage), string(zstack.TypeAffinityGroup),
				)},
			},
			"name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the object. It must be the only object of the type that has it.",
				Validators:          []validator.String{tfattr.ZStackName()},
			},
			"id":           computed("The same as `uuid`."),
			"uuid":         computed("UUID of the object: 32 hexadecimal digits."),
			"state":        computed("State of the object, such as `Enabled` or `Disabled`; null for what has none."),
			"zone_uuid":    computed("UUID of the zone that the object is in; null where ZStack tells none."),
			"cluster_uuid": computed("UUID of the cluster that a host is in; null for all others."),
		},
	}
}

// Configure takes the ZStack client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := connections.ZStackFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if client != nil {
		d.client = client
	}
}

// Read finds the object.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if d.client == nil {
		resp.Diagnostics.Append(tfdiag.NotKnownYet("zstack"))

		return
	}

	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	kind, wanted := zstack.ObjectType(config.Type.ValueString()), config.Name.ValueString()
	what, at := inWords(kind), attrpath.Root("name")

	found, err := d.client.ObjectsNamed(ctx, kind, wanted)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		resp.Diagnostics.Append(tfdiag.FromError(tfdiag.Operation{
			Action:     fmt.Sprintf("find the %s %q", what, wanted),
			Platform:   tfdiag.ZStack,
			Attributes: map[string]attrpath.Path{wanted: at},
		}, err))

		return
	}

	// ZStack compares names without regard to case. The answer may be shared with others, and is left as it is.
	found = slices.DeleteFunc(slices.Clone(found), func(object zstack.Object) bool { return object.Name != wanted })

	switch len(found) {
	case 0:
		resp.Diagnostics.Append(tfdiag.NoMatch(at, what, wanted, d.near(ctx, kind, wanted)))
	case 1:
		resp.Diagnostics.Append(resp.State.Set(ctx, newModel(kind, found[0]))...)
	default:
		resp.Diagnostics.Append(tfdiag.SeveralMatches(at, what, wanted, candidates(found),
			"The name alone does not tell them apart: give the uuid of one of them where it is needed."))
	}
}

// near returns what may have been meant by a name that no object has. It is a hint: an error of that look-up is ignored.
func (d *dataSource) near(ctx context.Context, kind zstack.ObjectType, wanted string) tfdiag.Nearby {
	found, err := d.client.ObjectsNear(ctx, kind, wanted)
	if err != nil {
		return tfdiag.Nearby{}
	}

	return tfdiag.Nearby{Resembling: candidates(found)}
}

// newModel maps an object to the data source's state.
func newModel(kind zstack.ObjectType, object zstack.Object) model {
	return model{
		Type:        types.StringValue(string(kind)),
		Name:        types.StringValue(object.Name),
		ID:          types.StringValue(object.UUID),
		UUID:        types.StringValue(object.UUID),
		State:       tfattr.StringOrNull(object.State),
		ZoneUUID:    tfattr.StringOrNull(object.ZoneUUID),
		ClusterUUID: tfattr.StringOrNull(object.ClusterUUID),
	}
}

// inWords names a kind of object for texts.
func inWords(kind zstack.ObjectType) string {
	if kind == zstack.TypeL3Network {
		return "L3 network"
	}

	return strings.ReplaceAll(string(kind), "_", " ")
}

func candidates(found []zstack.Object) []tfdiag.Candidate {
	list := make([]tfdiag.Candidate, len(found))
	for i, object := range found {
		name := object.Name
		if object.ZoneUUID != "" {
			name = fmt.Sprintf("%s, in the zone %s", name, object.ZoneUUID)
		}
		list[i] = tfdiag.Candidate{ID: object.UUID, Name: name}
	}

	return list
}
