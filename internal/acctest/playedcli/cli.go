// Package playedcli is the CLI, played in process through the plugin protocol: it plans, applies, refreshes, imports and destroys one
// instance of a resource as the CLI does, keeps its state, private data and identity, and fails the test where the provider breaks a
// rule that the CLI enforces. Unit tests of resources use it with a fake client and a fake clock. Data sources are only read.
package playedcli

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// CLI is the played CLI, with what it knows of one instance of a resource.
type CLI struct {
	T *testing.T
	// State is the instance's state; null without an instance.
	State tftypes.Value
	// Private is the provider's private data beside the state.
	Private []byte
	// Identity is the instance's identity; nil without an instance.
	Identity *tfprotov6.ResourceIdentityData
	// Tainted says that the next plan replaces the instance.
	Tainted bool

	typeName string
	server   tfprotov6.ProviderServer
	offered  *offeredProvider
	schema   *tfprotov6.Schema
	kind     tftypes.Object
}

// Config is a resource's configuration: strings, booleans, numbers, maps, lists of strings, nil and [Unknown].
type Config = map[string]any

// New returns the CLI without an instance. offer is called once for each phase of the CLI, as a provider process is started: the
// requests of a phase share what it creates.
func New(t *testing.T, offer Offer) *CLI {
	t.Helper()
	offered := &offeredProvider{offer: offer, resource: offer()}
	server := providerserver.NewProtocol6(offered)()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 || len(schema.ResourceSchemas) != 1 {
		t.Fatal(err, schema.Diagnostics)
	}
	c := &CLI{T: t, server: server, offered: offered}
	for name, one := range schema.ResourceSchemas {
		kind, _ := one.ValueType().(tftypes.Object)
		c.typeName, c.schema, c.kind, c.State = name, one, kind, tftypes.NewValue(kind, nil)
	}

	return c
}

// Serve gives the CLI a new provider process.
func (c *CLI) Serve(offer Offer) {
	next := New(c.T, offer)
	c.server, c.offered = next.server, next.offered
}

// Forget makes the CLI forget the instance, as terraform state rm does.
func (c *CLI) Forget() {
	c.State, c.Private, c.Identity, c.Tainted = tftypes.NewValue(c.kind, nil), nil, nil, false
}

// Validate checks a configuration, as the CLI does before it plans.
func (c *CLI) Validate(config Config) Result {
	c.T.Helper()
	resp, err := c.server.ValidateResourceConfig(c.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: c.typeName, Config: c.dynamic(c.value(config)),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	c.Must(err)

	return said(resp.Diagnostics)
}

// Must fails the test on an error.
func (c *CLI) Must(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}
