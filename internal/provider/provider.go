// Package provider is the Terraform provider itself: its schema, its configuration, and the lists of its resources and data
// sources. It is the only package that imports all services.
package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vsphereclone"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vsphereftsecondary"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vsphereinstantclone"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vspherelinkedclones"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vsphereobject"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vspheresnapshot"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vspheresnapshots"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/vspherevirtualmachine"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/zstackclone"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/zstackobject"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/zstacksnapshot"
	"github.com/vmfork/terraform-provider-vmfork/internal/service/zstackvirtualmachine"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Address is the provider's address in the registry.
const Address = "registry.terraform.io/vmfork/vmfork"

// Addresses returns the provider's address in the registry of each CLI: where a configuration names no host, Terraform and OpenTofu each take
// their own.
func Addresses() []string { return []string{Address, "registry.opentofu.org/vmfork/vmfork"} }

var (
	_ provider.Provider                   = (*Provider)(nil)
	_ provider.ProviderWithValidateConfig = (*Provider)(nil)
)

// Provider serves the vmfork provider. One process serves one Provider, which the CLI may configure more than once.
type Provider struct {
	version string
	getenv  func(name string) string

	registry lifecycle.Registry // what the CLI has in state
	process  lifecycle.Process

	mu   sync.Mutex
	open []client // every client that Configure made and Close has not closed
}

// client is a connection to a platform that can be closed.
type client interface {
	// Close logs out, within ctx, and frees what the client holds.
	Close(ctx context.Context) error
}

// New returns a provider of the given version, which shows in its user agent. The environment is read when it is configured.
func New(version string) *Provider {
	return &Provider{version: version, getenv: os.Getenv}
}

// StartedBy says which command of the CLI started the process, and returns p. Without it nothing is known of the CLI.
func (p *Provider) StartedBy(command clicommand.Command) *Provider {
	p.process.Command = command
	if command.OpenTofu {
		tfdiag.ForOpenTofu()
	}

	return p
}

// In replaces the environment that p reads its settings from, and returns p.
func (p *Provider) In(getenv func(name string) string) *Provider {
	p.getenv = getenv

	return p
}

// Metadata returns the provider's type name, the first word of every resource's name.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
	resp.Version = p.version
}

// Configure makes the clients that resources and data sources use. It sends no request: a client connects when it is
// first used, so a plan that needs nothing from a platform works without it.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	onVSphere, diags := readVSphere(ctx, config.VSphere, p.getenv)
	resp.Diagnostics.Append(diags...)
	onZStack, diags := readZStack(ctx, config.ZStack, p.getenv)
	resp.Diagnostics.Append(diags...)
	override, diags := readPlanChecks(p.getenv)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	shared := lifecycle.NewShared(&p.registry).In(&p.process, override)
	shared.DryRun = onVSphere.dryRun
	shared.Names.Patience, diags = readNameWait(p.getenv)
	resp.Diagnostics.Append(diags...)
	configured := &connections.Connections{
		Shared:          shared,
		VSphereDeferred: onVSphere.deferred, VSphereUnset: onVSphere.unset,
		ZStackDeferred: onZStack.deferred, ZStackUnset: onZStack.unset,
		// One log for both, so that no secret of either shows in it.
		Logger: slog.New(newLogHandler(append(onZStack.secrets(), onVSphere.config.Password)...)),
	}
	userAgent := fmt.Sprintf("terraform-provider-vmfork/%s Terraform/%s", p.version, req.TerraformVersion)
	if onVSphere.given() {
		onVSphere.config.UserAgent, onVSphere.config.Logger = userAgent, configured.Logger
		client, err := vsphere.New(onVSphere.config)
		if err != nil {
			resp.Diagnostics.Append(onVSphere.invalid(err))

			return
		}
		p.keep(client)
		configured.VSphere = client
	}
	if onZStack.given() {
		onZStack.config.UserAgent, onZStack.config.Logger = userAgent, configured.Logger
		client, err := zstack.New(onZStack.config)
		if err != nil {
			resp.Diagnostics.Append(onZStack.invalid(err))

			return
		}
		p.keep(client)
		configured.ZStack = client
	}

	if (onVSphere.deferred || onZStack.deferred) && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
	}
	resp.DataSourceData = configured
	resp.ResourceData = configured
}

// Resources lists the resources.
func (p *Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		vsphereclone.New,
		vsphereftsecondary.New,
		vsphereinstantclone.New,
		vspheresnapshot.New,
		zstackclone.New,
		zstacksnapshot.New,
	}
}

// DataSources lists the data sources.
func (p *Provider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		vsphereobject.NewDataSource,
		vspheresnapshots.NewDataSource,
		vspherelinkedclones.NewDataSource,
		vspherevirtualmachine.NewDataSource,
		zstackobject.NewDataSource,
		zstackvirtualmachine.NewDataSource,
	}
}

// Close logs out every client that the provider made, all at once so that one slow server does not keep the others
// waiting, and frees what they hold. It returns when all are done or ctx ends; what a client could not do is in the
// error.
func (p *Provider) Close(ctx context.Context) error {
	p.mu.Lock()
	open := p.open
	p.open = nil
	p.mu.Unlock()

	errs := make([]error, len(open))
	var group sync.WaitGroup
	for i, client := range open {
		group.Go(func() { errs[i] = client.Close(ctx) })
	}
	group.Wait()

	return errors.Join(errs...)
}

func (p *Provider) keep(made client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, made)
}
