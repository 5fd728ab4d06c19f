package vspherevirtualmachine

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
)

// vms is what the data source needs of the vSphere client.
type vms interface {
	VirtualMachineWith(ctx context.Context, id string, extras vsphere.Extras) (*vsphere.VirtualMachine, error)
	AttachedTags(ctx context.Context, vmID string) ([]string, error)
	FindVMs(ctx context.Context, query vsphere.VMQuery) ([]vsphere.Object, error)
	NearVMs(ctx context.Context, query vsphere.VMQuery) (vsphere.Nearby, error)
	VMPath(ctx context.Context, id string) (string, error)
}

type dataSource struct {
	client vms // nil until the provider's configuration is known
}

// NewDataSource returns the data source vmfork_vsphere_virtual_machine.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vsphere_virtual_machine"
}

// Configure takes the vSphere client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := connections.VSphereFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if client != nil {
		d.client = client
	}
}

// ConfigValidators ask for exactly one selector.
func (d *dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(
			attrpath.MatchRoot("id"), attrpath.MatchRoot("path"), attrpath.MatchRoot("instance_uuid"), attrpath.MatchRoot("name"),
		),
	}
}

// Read finds the VM and reads it.
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

	found, diags := d.find(ctx, config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	vm, tags, err := d.read(ctx, found.ID, len(config.ExtraConfigKeys.Elements()) > 0)
	if err != nil {
		selector := config.selector()
		if apierr.Is(err, apierr.NotFound) {
			resp.Diagnostics.Append(tfdiag.NoMatch(selector.at, kind, selector.value, tfdiag.Nearby{}))
		} else {
			resp.Diagnostics.Append(readError(selector, err))
		}

		return
	}

	inventoryPath := found.Path
	if inventoryPath == "" {
		if inventoryPath, err = d.client.VMPath(ctx, vm.ID); err != nil {
			resp.Diagnostics.Append(readError(config.selector(), err))

			return
		}
	}
	told := newModel(vm, inventoryPath, config.ExtraConfigKeys)
	if vm.NoConfig {
		resp.Diagnostics.Append(tfdiag.NotReadNow(vm.ID, vm.ConnectionState))
		told = told.withoutConfig()
	}
	told.Tags = tags.value
	resp.Diagnostics.Append(tags.said...)
	resp.Diagnostics.Append(resp.State.Set(ctx, told)...)
}

// kind is what the data source looks for, in a diagnostic's words.
const kind = "virtual machine"

// find returns the one VM that the configuration selects. An id is taken as it is.
func (d *dataSource) find(ctx context.Context, config model) (vsphere.Object, diag.Diagnostics) {
	selector := config.selector()
	if id := config.ID.ValueString(); id != "" {
		return vsphere.Object{ID: id}, nil
	}

	found, err := d.client.FindVMs(ctx, selector.query)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		return vsphere.Object{}, diag.Diagnostics{readError(selector, err)}
	}

	switch len(found) {
	case 0:
		return vsphere.Object{}, diag.Diagnostics{tfdiag.NoMatch(selector.at, kind, selector.value, d.near(ctx, selector.query))}
	case 1:
		return found[0], nil
	default:
		return vsphere.Object{}, diag.Diagnostics{tfdiag.SeveralMatches(selector.at, kind, selector.value, vm.Candidates(found),
			"Select one of them by its id or its path.")}
	}
}

// near returns what may have been meant by a path or a name that finds nothing.
func (d *dataSource) near(ctx context.Context, query vsphere.VMQuery) tfdiag.Nearby {
	if query.InstanceUUID != "" {
		return tfdiag.Nearby{}
	}
	found, err := d.client.NearVMs(ctx, query)

	return vm.Nearby(found, err, func(vsphere.ObjectType) string {
		return "The data source vmfork_vsphere_object finds what is no virtual machine."
	})
}

func readError(by selector, err error) diag.Diagnostic {
	return tfdiag.FromError(tfdiag.Operation{
		Action:     fmt.Sprintf("read the %s with the %s %q", kind, by.at, by.value),
		Platform:   tfdiag.VSphere,
		Attributes: map[string]attrpath.Path{by.value: by.at},
	}, err)
}
