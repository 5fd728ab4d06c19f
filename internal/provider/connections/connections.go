// Package connections holds what the configured provider passes to its resources and data sources: the clients of the
// platforms. It knows the clients and no service, so that a service can depend on it without knowing the provider.
package connections

import (
	"cmp"
	"fmt"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// VSphereEnvironment names the environment variables that together stand for the vsphere block's required settings:
// endpoint, username and password.
func VSphereEnvironment() []string {
	return []string{"VSPHERE_SERVER", "VSPHERE_USER", "VSPHERE_PASSWORD"}
}

// ZStackEnvironment names the environment variables that together stand for the zstack block's required settings for a login
// as an account: endpoint, account_name and password. ZStack's own provider reads the same.
func ZStackEnvironment() []string {
	return []string{"ZSTACK_HOST", "ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD"}
}

// ZStackKeyEnvironment is [ZStackEnvironment] for a login with an access key: endpoint, access_key_id and access_key_secret.
func ZStackKeyEnvironment() []string {
	return []string{"ZSTACK_HOST", "ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET"}
}

// Connections holds the connections of one configured provider. A pointer to it is the ProviderData of every resource and
// data source. The clients connect when they are first used, not before.
type Connections struct {
	// VSphere is the client of the vsphere block; nil when the block is deferred, or absent while the environment does
	// not stand in for it.
	VSphere *vsphere.Client
	// VSphereDeferred says that the block's values are not known before apply: there is no client yet, and that is no
	// error for what can do without one until then.
	VSphereDeferred bool
	// VSphereUnset names those of [VSphereEnvironment] that were not set when the block was absent.
	VSphereUnset []string
	// ZStack is the client of the zstack block; nil in the same cases as VSphere.
	ZStack *zstack.Client
	// ZStackDeferred is VSphereDeferred for the zstack block.
	ZStackDeferred bool
	// ZStackUnset names those of [ZStackEnvironment], or of [ZStackKeyEnvironment] where something of that was set, that
	// were not set when the block was absent.
	ZStackUnset []string
	// Shared is what the resources of this configuration share; nil where the CLI plays no part.
	Shared *lifecycle.Shared
	// Logger writes to the CLI's log what services have to say, such as the progress of tasks; nil discards it.
	Logger *slog.Logger
}

// VSphereFrom returns the vSphere client for a resource's or data source's Configure method, which passes its
// ProviderData. The client is nil without an error in two cases: before the provider is configured (the CLI only
// validates), and when the vsphere block is not known before apply. A resource then plans without looking at vCenter and
// keeps its state on refresh; a data source reports tfdiag.NotKnownYet when it is read. A block that is absent is an
// error.
func VSphereFrom(providerData any) (*vsphere.Client, diag.Diagnostics) {
	configured, diags := from(providerData)
	if configured == nil {
		return nil, diags
	}
	if configured.VSphere == nil && !configured.VSphereDeferred {
		return nil, diag.Diagnostics{tfdiag.NotConfigured("vsphere", VSphereEnvironment(), configured.VSphereUnset)}
	}

	return configured.VSphere, nil
}

// ZStackFrom returns the ZStack client as [VSphereFrom] does that of vSphere, and is nil in the same cases.
func ZStackFrom(providerData any) (*zstack.Client, diag.Diagnostics) {
	configured, diags := from(providerData)
	if configured == nil {
		return nil, diags
	}
	if configured.ZStack == nil && !configured.ZStackDeferred {
		return nil, diag.Diagnostics{
			tfdiag.NotConfigured("zstack", ZStackEnvironment(), configured.ZStackUnset, ZStackKeyEnvironment()),
		}
	}

	return configured.ZStack, nil
}

// from returns what the provider handed over: nil without an error before it is configured.
func from(providerData any) (*Connections, diag.Diagnostics) {
	if providerData == nil {
		return nil, nil
	}
	configured, ok := providerData.(*Connections)
	if !ok {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic(
			"Unexpected provider data",
			fmt.Sprintf("The provider handed over a %T instead of its clients. This is a defect of the provider: please report it.", providerData),
		)}
	}

	return configured, nil
}

// SharedFrom returns what the resources of one configured provider share, and its logger. Before the provider is
// configured each resource has its own.
func SharedFrom(providerData any) (*lifecycle.Shared, *slog.Logger) {
	configured, ok := providerData.(*Connections)
	if !ok || configured.Shared == nil {
		return lifecycle.NewShared(nil), slog.New(slog.DiscardHandler)
	}

	return configured.Shared, cmp.Or(configured.Logger, slog.New(slog.DiscardHandler))
}
