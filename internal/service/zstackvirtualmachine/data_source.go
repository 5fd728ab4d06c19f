package zstackvirtualmachine

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
)

// vms is what the data source needs of the ZStack client.
type vms interface {
	VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error)
	VirtualMachinesNamed(ctx context.Context, name string) ([]zstack.VirtualMachine, error)
	VirtualMachinesNear(ctx context.Context, name string) ([]zstack.VirtualMachine, error)
}

type dataSource struct {
	client vms // nil until the provider's configuration is known
}

// NewDataSource returns the data source vmfork_zstack_virtual_machine.
func NewDataSource() datasource.DataSource { return &dataSource{} }

// Metadata returns the data source's name.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_zstack_virtual_machine"
}

// Configure takes the ZStack client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := connections.ZStackFrom(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	if client != nil {
		d.client = client
	}
}

// ConfigValidators ask for exactly one selector.
func (d *dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(attrpath.MatchRoot("uuid"), attrpath.MatchRoot("name")),
	}
}

// Read finds the VM.
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

	vm, problem := d.find(ctx, config)
	if problem != nil {
		resp.Diagnostics.Append(problem)

		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newModel(vm))...)
}

// kind is what the data source looks for, in a diagnostic's words.
const kind = "virtual machine"

// find returns the one VM that the configuration selects, or what keeps it from being found.
func (d *dataSource) find(ctx context.Context, config model) (zstack.VirtualMachine, diag.Diagnostic) {
	at, value := attrpath.Root("name"), config.Name.ValueString()
	var all []zstack.VirtualMachine
	var err error
	if config.UUID.IsNull() {
		all, err = d.client.VirtualMachinesNamed(ctx, value)
		// ZStack compares names without regard to case. The answer may be shared with others, and is left as it is.
		all = slices.DeleteFunc(slices.Clone(all), func(vm zstack.VirtualMachine) bool { return vm.Name != value })
	} else {
		at, value = attrpath.Root("uuid"), config.UUID.ValueString()
		var vm *zstack.VirtualMachine
		if vm, err = d.client.VirtualMachine(ctx, value); err == nil {
			all = []zstack.VirtualMachine{*vm}
		}
	}
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		return zstack.VirtualMachine{}, tfdiag.FromError(tfdiag.Operation{
			Action:     fmt.Sprintf("read the %s with the %s %q", kind, at, value),
			Platform:   tfdiag.ZStack,
			Attributes: map[string]attrpath.Path{value: at},
		}, err)
	}

	there, destroyed := sorted(all)
	switch {
	case len(there) == 1:
		return there[0], nil
	case len(there) > 1:
		return zstack.VirtualMachine{}, tfdiag.SeveralMatches(at, kind, value, candidates(there), "Select one of them by its uuid.")
	case len(destroyed) > 0:
		return zstack.VirtualMachine{}, tfdiag.InRecycleBin(at, kind, value, candidates(destroyed))
	default:
		return zstack.VirtualMachine{}, tfdiag.NoMatch(at, kind, value, d.near(ctx, config.Name.ValueString()))
	}
}

// near returns what may have been meant by a name that no VM has.
func (d *dataSource) near(ctx context.Context, name string) tfdiag.Nearby {
	if name == "" {
		return tfdiag.Nearby{}
	}
	found, err := d.client.VirtualMachinesNear(ctx, name)

	return tfdiag.Resembling(found, err, func(vm zstack.VirtualMachine) tfdiag.Candidate { return tfdiag.Candidate{ID: vm.UUID, Name: vm.Name} })
}

// sorted tells the VMs that are there from those that are destroyed or on the way to it.
func sorted(all []zstack.VirtualMachine) (there, destroyed []zstack.VirtualMachine) {
	for _, vm := range all {
		switch vm.State {
		case zstack.VMDestroyed, zstack.VMDestroying, zstack.VMExpunging:
			destroyed = append(destroyed, vm)
		default:
			there = append(there, vm)
		}
	}

	return there, destroyed
}

func candidates(found []zstack.VirtualMachine) []tfdiag.Candidate {
	list := make([]tfdiag.Candidate, len(found))
	for i, vm := range found {
		list[i] = tfdiag.Candidate{ID: vm.UUID, Name: fmt.Sprintf("%s, %s", vm.Name, vm.State)}
	}

	return list
}
