package vsphereclone

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// core plays the CLI against the resource in process: it plans, applies, refreshes, imports and destroys one instance
// through the protocol, keeps state, private data and identity, and holds the provider to what the CLI holds it to.
type core struct {
	t        *testing.T
	server   tfprotov6.ProviderServer
	offered  *fakeProvider
	kind     tftypes.Object
	identity *tfprotov6.ResourceIdentityData
	state    tftypes.Value
	private  []byte
	tainted  bool
}

// config is the resource's configuration: strings, booleans, []string, map[string]any, nil and unknown.
type config = map[string]any

// unknown is a value of a configuration that is known only after apply.
type unknown struct{}

// result is what one command of the CLI says.
type result struct {
	action   string // "create", "update", "replace", "none"
	planned  tftypes.Value
	errors   []*tfprotov6.Diagnostic
	warnings []*tfprotov6.Diagnostic
}

func newCore(t *testing.T, fake *fakeVSphere) *core {
	t.Helper()
	if fake == nil {
		return newCoreOf(t, nil)
	}

	return newCoreOf(t, fake)
}

func newCoreOf(t *testing.T, client client) *core {
	t.Helper()
	offered := &fakeProvider{client: client, session: newSession()}
	server := providerserver.NewProtocol6(offered)()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 {
		t.Fatal(err, schema.Diagnostics)
	}
	kind, _ := schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)

	return &core{t: t, server: server, offered: offered, kind: kind, state: tftypes.NewValue(kind, nil)}
}

// restart gives the CLI a new provider process; without a fake, its configuration is not known.
func (c *core) restart(fake *fakeVSphere) {
	next := newCore(c.t, fake)
	c.server, c.offered = next.server, next.offered
}

func (c *core) value(config config) tftypes.Value {
	return convert(c.t, c.kind, config)
}

// validate runs the schema's and the resource's own validation.
func (c *core) validate(config config) result {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: c.dynamic(c.value(config)),
	})
	c.must(err)

	return said(resp.Diagnostics)
}

// plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *core) plan(config config) (result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	prior, private := c.state, c.private
	if c.tainted {
		prior, private = tftypes.NewValue(c.kind, nil), nil
	}
	planned, resp := c.planOnce(config, prior, private)
	if len(planned.errors) > 0 || prior.IsNull() {
		planned.action = "create"
		if c.tainted {
			planned.action = "replace"
		}

		return planned, resp
	}
	if len(resp.RequiresReplace) > 0 {
		again, resp := c.planOnce(config, tftypes.NewValue(c.kind, nil), resp.PlannedPrivate)
		again.action = "replace"

		return again, resp
	}
	planned.action = "update"
	if planned.planned.Equal(prior) {
		planned.action = "none"
	}

	return planned, resp
}

func (c *core) planOnce(config config, prior tftypes.Value, private []byte) (result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(c.value(config), prior)), PriorIdentity: c.identity,
	})
	c.must(err)
	planned := said(resp.Diagnostics)
	if len(planned.errors) == 0 {
		planned.planned = c.undynamic(resp.PlannedState)
	}

	return planned, resp
}

// apply plans and applies.
func (c *core) apply(ctx context.Context, config config) result {
	c.t.Helper()
	planned, resp := c.plan(config)
	if len(planned.errors) > 0 || planned.action == "none" {
		return planned
	}
	c.offered.session = newSession() // a phase of its own
	if planned.action == "replace" {
		if gone := c.destroy(ctx); len(gone.errors) > 0 {
			return gone
		}
	}
	applied := c.applyPlanned(ctx, c.value(config), resp)
	c.offered.session = newSession() // the next command configures the provider anew
	applied.action, applied.planned = planned.action, planned.planned

	return applied
}

func (c *core) applyPlanned(ctx context.Context, config tftypes.Value, plan *tfprotov6.PlanResourceChangeResponse) result {
	c.t.Helper()
	creates := c.state.IsNull()
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: c.dynamic(config), PriorState: c.dynamic(c.state), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.must(err)
	applied := said(resp.Diagnostics)
	c.state, c.private = c.undynamic(resp.NewState), resp.Private
	if !c.state.IsNull() {
		c.identity = resp.NewIdentity
	}
	if !c.state.IsFullyKnown() {
		c.t.Fatalf("unknown values in the new state: %s", c.state)
	}
	c.tainted = len(applied.errors) > 0 && creates && !c.state.IsNull()
	if len(applied.errors) == 0 {
		c.consistent(c.undynamic(plan.PlannedState), c.state)
		if resp.NewIdentity == nil {
			c.t.Fatal("no identity after apply")
		}
	}

	return applied
}

// consistent fails the test when the new state is not what was planned.
func (c *core) consistent(planned, reached tftypes.Value) {
	c.t.Helper()
	err := tftypes.Walk(planned, func(at *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		if !value.IsKnown() || value.Type().Is(tftypes.Object{}) {
			return value.IsKnown(), nil
		}
		found, _, err := tftypes.WalkAttributePath(reached, at)
		if err != nil {
			return false, fmt.Errorf("planned %s is not there: %w", at, err)
		}
		if got, ok := found.(tftypes.Value); !ok || !got.Equal(value) {
			return false, fmt.Errorf("inconsistent result after apply: %s was planned as %s and is %s", at, value, found)
		}

		return false, nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// refresh reads the instance.
func (c *core) refresh() result {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: c.dynamic(c.state), Private: c.private, CurrentIdentity: c.identity,
	})
	c.must(err)
	read := said(resp.Diagnostics)
	if len(read.errors) > 0 {
		return read
	}
	c.state, c.private, c.identity = c.undynamic(resp.NewState), resp.Private, resp.NewIdentity
	if c.state.IsNull() {
		c.private, c.identity, c.tainted = nil, nil, false
	}

	return read
}

// destroy destroys the instance.
func (c *core) destroy(ctx context.Context) result {
	c.t.Helper()
	null := c.dynamic(tftypes.NewValue(c.kind, nil))
	plan, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: null, PriorState: c.dynamic(c.state), PriorPrivate: c.private, ProposedNewState: null,
		PriorIdentity: c.identity,
	})
	c.must(err)
	if failed := said(plan.Diagnostics); len(failed.errors) > 0 {
		return failed
	}
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: null, PriorState: c.dynamic(c.state), PlannedState: null, PlannedPrivate: plan.PlannedPrivate,
	})
	c.must(err)
	c.state, c.private = c.undynamic(resp.NewState), resp.Private
	if c.state.IsNull() {
		c.identity, c.tainted = nil, false
	}

	return said(resp.Diagnostics)
}

// importBy imports an instance by its id or its identity, and refreshes it.
func (c *core) importBy(id string, identity map[string]string) result {
	c.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id}
	if identity != nil {
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
		values := map[string]tftypes.Value{}
		for name, text := range identity {
			values[name] = tftypes.NewValue(tftypes.String, text)
		}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
		c.must(err)
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	c.must(err)
	imported := said(resp.Diagnostics)
	if len(imported.errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.state, c.private, c.identity = c.undynamic(one.State), one.Private, one.Identity

	return c.refresh()
}

// get returns an attribute of the state as a string, "<null>" for null.
func (c *core) get(steps ...string) string {
	c.t.Helper()

	return text(c.t, c.state, steps...)
}

// text returns an attribute as a string.
func text(t *testing.T, from tftypes.Value, steps ...string) string {
	t.Helper()
	value := from
	for _, step := range steps {
		if !value.IsKnown() {
			return "<unknown>"
		}
		if value.IsNull() {
			return "<null>"
		}
		members := map[string]tftypes.Value{}
		if err := value.As(&members); err != nil {
			t.Fatal(err)
		}
		value = members[step]
	}
	switch {
	case !value.IsKnown():
		return "<unknown>"
	case value.IsNull():
		return "<null>"
	case value.Type().Is(tftypes.Bool):
		var truth bool
		_ = value.As(&truth)

		return fmt.Sprint(truth)
	case value.Type().Is(tftypes.String):
		var words string
		_ = value.As(&words)

		return words
	case value.Type().Is(tftypes.List{}):
		var members []tftypes.Value
		_ = value.As(&members)
		all := make([]string, len(members))
		for i, member := range members {
			all[i] = text(t, member)
		}

		return fmt.Sprint(all)
	default:
		return "<" + value.Type().String() + ">"
	}
}

// vmIdentity returns vm_id of the identity.
func (c *core) vmIdentity() string {
	c.t.Helper()
	if c.identity == nil {
		return "<none>"
	}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
	value, err := c.identity.IdentityData.Unmarshal(kind)
	c.must(err)

	return text(c.t, value, "vm_id")
}

// proposed merges configuration and prior state as the CLI does: what is computed and not configured keeps its value.
func (c *core) proposed(config, prior tftypes.Value) tftypes.Value {
	wanted, before := members(c.t, config), members(c.t, prior)
	merged := map[string]tftypes.Value{}
	for name, kind := range c.kind.AttributeTypes {
		merged[name] = wanted[name]
		known, exists := before[name]
		switch {
		case !wanted[name].IsNull() && name == "placement" && wanted[name].IsKnown():
			parts, had := members(c.t, wanted[name]), members(c.t, known)
			for part, value := range parts {
				if old, ok := had[part]; ok && value.IsNull() {
					parts[part] = old
				}
			}
			merged[name] = tftypes.NewValue(kind, parts)
		case wanted[name].IsNull() && exists && computed[name]:
			merged[name] = known
		}
	}

	return tftypes.NewValue(c.kind, merged)
}

// computed are the attributes that the provider may set.
var computed = map[string]bool{
	"placement": true, "power_on": true, "id": true, "instance_uuid": true, "bios_uuid": true, "power_state": true, "host_id": true,
	"disks": true, "network_interfaces": true, "guest_ip_addresses": true, "pending_task_id": true,
}

func members(t *testing.T, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	found := map[string]tftypes.Value{}
	if value.Type() == nil || value.IsNull() || !value.IsKnown() {
		return found
	}
	if err := value.As(&found); err != nil {
		t.Fatal(err)
	}

	return found
}

// convert makes a value of the kind from plain Go.
func convert(t *testing.T, kind tftypes.Type, from any) tftypes.Value {
	t.Helper()
	if _, is := from.(unknown); is {
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	}
	if from == nil {
		return tftypes.NewValue(kind, nil)
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		given, _ := from.(map[string]any)
		values := map[string]tftypes.Value{}
		for name, member := range kind.AttributeTypes {
			values[name] = convert(t, member, given[name])
		}
		for name := range given {
			if _, known := kind.AttributeTypes[name]; !known {
				t.Fatalf("no attribute %q", name)
			}
		}

		return tftypes.NewValue(kind, values)
	case tftypes.Map:
		values := map[string]tftypes.Value{}
		for name, member := range from.(map[string]any) {
			values[name] = convert(t, kind.ElementType, member)
		}

		return tftypes.NewValue(kind, values)
	case tftypes.Set:
		values := []tftypes.Value{}
		for _, member := range from.([]string) {
			values = append(values, convert(t, kind.ElementType, member))
		}

		return tftypes.NewValue(kind, values)
	default:
		return tftypes.NewValue(kind, from)
	}
}

func said(diagnostics []*tfprotov6.Diagnostic) result {
	var all result
	for _, one := range diagnostics {
		if one.Severity == tfprotov6.DiagnosticSeverityError {
			all.errors = append(all.errors, one)
		} else {
			all.warnings = append(all.warnings, one)
		}
	}

	return all
}

func (c *core) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.must(err)

	return &encoded
}

func (c *core) undynamic(value *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.must(err)

	return decoded
}

func (c *core) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// fakeProvider offers the resource on a fake client.
type fakeProvider struct {
	provider.Provider
	client  client
	session *session
}

func (p *fakeProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

func (p *fakeProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *fakeProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *fakeProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &fakeBacked{&cloneResource{client: p.client, session: p.session, logger: slog.New(slog.DiscardHandler)}}
	}}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *cloneResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}
