package provider_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// inputFixture is both platforms, and a provider that is configured for them.
type inputFixture struct {
	vcenter *vcenter.Server
	node    *zstacksim.Server
	running vcenter.VM
	offers  func() (tfprotov6.ProviderServer, error)

	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
	// plain is a right configuration of each type: required attributes and no more.
	plain map[string]map[string]string
}

// serve returns a new provider process, configured; the one before ends.
func (w *inputFixture) serve(t *testing.T) tfprotov6.ProviderServer {
	t.Helper()
	server, err := w.offers()
	if err != nil {
		t.Fatal(err)
	}
	if w.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config := tftypes.NewValue(w.schema.Provider.ValueType(), nil)
	for path, text := range map[string]string{
		"vsphere.endpoint": w.vcenter.Endpoint(), "vsphere.username": w.vcenter.Username(), "vsphere.password": w.vcenter.Password(),
		"vsphere.thumbprint": w.vcenter.Thumbprint(), "zstack.endpoint": w.node.URL(), "zstack.account_name": w.node.AccountName(),
		"zstack.password": w.node.Password(), "zstack.ca_certificate": w.node.CACertificate(),
	} {
		config = set(t, config, strings.Split(path, "."), "", tftypes.NewValue(tftypes.String, text))
	}
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: wireValue(t, config)})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatal(err, configured.Diagnostics)
	}

	return server
}

func newInputFixture(t *testing.T) *inputFixture {
	t.Helper()
	vcenter := acctest.VSphere(t, vcenter.Options{VMs: 1})
	node := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	running, _ := vcenter.VM("DC0_C0_RP0_VM0")
	template, _ := vcenter.VM("golden-template")
	golden, _ := node.VM("golden")

	world := &inputFixture{vcenter: vcenter, node: node, running: running, offers: acctest.Factories(t)["vmfork"]}
	world.plain = map[string]map[string]string{
		"vmfork_vsphere_clone": {
			"name": "web", "source_vm_id": template.ID, "placement.resource_pool_id": vcenter.ID("/DC0/host/DC0_C0/Resources"),
		},
		"vmfork_vsphere_instant_clone":   {"name": "web", "source_vm_id": running.ID},
		"vmfork_vsphere_ft_secondary":    {"primary_vm_id": running.ID},
		"vmfork_vsphere_snapshot":        {"name": "before", "vm_id": running.ID},
		"vmfork_zstack_clone":            {"name": "web", "source_vm_uuid": golden.UUID},
		"vmfork_zstack_snapshot":         {"name": "before", "vm_uuid": golden.UUID},
		"vmfork_vsphere_object":          {"type": "datastore", "path": "/DC0/datastore/LocalDS_0"},
		"vmfork_vsphere_snapshots":       {"vm_id": running.ID},
		"vmfork_vsphere_linked_clones":   {"vm_id": running.ID},
		"vmfork_zstack_object":           {"type": "zone", "name": "zone-1"},
		"vmfork_vsphere_virtual_machine": {"id": running.ID},
		"vmfork_zstack_virtual_machine":  {"uuid": golden.UUID},
	}
	world.server = world.serve(t)

	return world
}

func wireValue(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}

	return &encoded
}

// right returns the plain configuration of a type.
func (w *inputFixture) right(t *testing.T, name string, schema *tfprotov6.Schema) tftypes.Value {
	t.Helper()
	config := set(t, tftypes.NewValue(schema.ValueType(), nil), []string{schema.Block.Attributes[0].Name}, "",
		tftypes.NewValue(schema.Block.Attributes[0].ValueType(), nil))
	if len(w.plain[name]) == 0 || len(schema.Block.BlockTypes) > 0 {
		t.Fatalf("%s is new here: give it a plain configuration", name)
	}
	for path, text := range w.plain[name] {
		config = set(t, config, strings.Split(path, "."), "", tftypes.NewValue(tftypes.String, text))
	}

	return config
}

// resource validates and plans, as the CLI does.
func (w *inputFixture) resource(ctx context.Context, t *testing.T, name string, config tftypes.Value) (checked, planned []*tfprotov6.Diagnostic) {
	t.Helper()
	valid, err := w.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: name, Config: wireValue(t, config), ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(valid.Diagnostics, isError) {
		return valid.Diagnostics, nil
	}
	plan, err := w.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: name, Config: wireValue(t, config), ProposedNewState: wireValue(t, config),
		PriorState: wireValue(t, tftypes.NewValue(config.Type(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}

	return valid.Diagnostics, plan.Diagnostics
}

// data validates and reads. The CLI doesn't read before everything is known.
func (w *inputFixture) data(ctx context.Context, t *testing.T, name string, config tftypes.Value) (checked, read []*tfprotov6.Diagnostic) {
	t.Helper()
	valid, err := w.server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: wireValue(t, config)})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(valid.Diagnostics, isError) || !config.IsFullyKnown() {
		return valid.Diagnostics, nil
	}
	found, err := w.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: wireValue(t, config)})
	if err != nil {
		t.Fatal(err)
	}

	return valid.Diagnostics, found.Diagnostics
}

func isError(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError }
