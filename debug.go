package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// serveForDebugger serves until it is interrupted, and prints the line with which a CLI attaches to the process.
func serveForDebugger(ctx context.Context, out io.Writer, server func() tfprotov6.ProviderServer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	ready, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	printed := make(chan error, 1)
	go func() {
		select {
		case config := <-ready:
			printed <- printReattachment(out, config)
		case <-closed:
			printed <- nil
		}
	}()
	quiet := tf6server.WithGoPluginLogger(hclog.NewNullLogger())
	if err := tf6server.Serve(provider.Address, server, tf6server.WithDebug(ctx, ready, closed), quiet); err != nil {
		return err //nolint:wrapcheck // it says all there is
	}

	return <-printed
}

// reattachment is where a CLI finds a provider that runs already, as TF_REATTACH_PROVIDERS has it.
type reattachment struct {
	Protocol        string
	ProtocolVersion int
	Pid             int
	Test            bool
	Addr            struct{ Network, String string }
}

// printReattachment prints TF_REATTACH_PROVIDERS. Terraform and OpenTofu each look the provider up under their own registry's name.
func printReattachment(out io.Writer, config *plugin.ReattachConfig) error {
	where := reattachment{
		Protocol: string(config.Protocol), ProtocolVersion: config.ProtocolVersion, Pid: config.Pid, Test: config.Test,
	}
	where.Addr.Network, where.Addr.String = config.Addr.Network(), config.Addr.String()
	all := map[string]reattachment{}
	for _, address := range provider.Addresses() {
		all[address] = where
	}
	line, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("telling where the provider is: %w", err)
	}
	if _, err = fmt.Fprintf(out, "The provider runs. Attach Terraform or OpenTofu to it in another terminal:\n\n\tTF_REATTACH_PROVIDERS='%s'\n", line); err != nil {
		return fmt.Errorf("printing where the provider is: %w", err)
	}

	return nil
}
