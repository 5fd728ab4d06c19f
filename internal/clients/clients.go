// Package clients is what the configured provider hands to its resources and data sources: the connections to the
// platforms. It knows the clients and no service, so that a service can depend on it without knowing the provider.
package clients

import (
	"fmt"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// VSphereEnvironment names the environment variables that together stand for the vsphere block's required settings:
// endpoint, username and password.
func VSphereEnvironment() []string {
	return []string{"VSPHERE_SERVER", "VSPHERE_USER", "VSPHERE_PASSWORD"}
}

// Clients holds the connections of one configured provider. A pointer to it is the ProviderData of every resource and
// data source. The clients connect when they are first used, not before.
type Clients struct {
	// VSphere is the client of the vsphere block; nil when the block is deferred, or absent while the environment does
	// not stand in for it.
	VSphere *vsphere.Client
	// VSphereDeferred says that the block's values are not known before apply: there is no client yet, and that is no
	// error for what can do without one until then.
	VSphereDeferred bool
	// VSphereUnset names those of [VSphereEnvironment] that were not set when the block was absent.
	VSphereUnset []string
	// Logger writes to the CLI's log what services have to say, such as the progress of tasks; nil discards it.
	Logger *slog.Logger
}

// VSphereFrom returns the vSphere client for a resource's or data source's Configure method, which passes its
// ProviderData. The client is nil without an error in two cases: before the provider is configured (the CLI only
// validates), and when the vsphere block is not known before apply. A resource then plans without looking at vCenter and
// keeps its state on refresh; a data source reports tfdiag.NotKnownYet when it is read. A block that is absent is an
// error.
func VSphereFrom(providerData any) (*vsphere.Client, diag.Diagnostics) {
	if providerData == nil {
		return nil, nil
	}

	configured, ok := providerData.(*Clients)
	if !ok {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic(
			"Unexpected provider data",
			fmt.Sprintf("The provider handed over a %T instead of its clients. This is a defect of the provider: please report it.", providerData),
		)}
	}

	if configured.VSphere == nil && !configured.VSphereDeferred {
		return nil, diag.Diagnostics{tfdiag.NotConfigured("vsphere", VSphereEnvironment(), configured.VSphereUnset)}
	}

	return configured.VSphere, nil
}
