// Package govc runs govc, the public vSphere command line, against simulated vCenters. It is built from the module of tools.
package govc

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// built is the binary, built once a test program.
var built struct {
	once   sync.Once
	binary string
	err    error
}

// Govc is the command line of one vCenter, as a user of it has it: over TLS, with the vCenter's authority.
type Govc struct {
	tb  testing.TB
	env []string
}

// New returns the command line for a vCenter. The binary is built into folder, which outlives all tests of the program.
func New(tb testing.TB, server *vcenter.Server, folder string) *Govc {
	tb.Helper()
	built.once.Do(func() {
		built.binary = filepath.Join(folder, "govc")
		// Other tests wait for the same binary: the end of this one must not stop the build.
		built.err = build(context.WithoutCancel(tb.Context()), built.binary)
	})
	if built.err != nil {
		tb.Fatal(built.err)
	}
	home := tb.TempDir()
	authority := filepath.Join(home, "ca.pem")
	if err := os.WriteFile(authority, []byte(server.CACertificate()), 0o600); err != nil {
		tb.Fatal(err)
	}

	return &Govc{tb: tb, env: append(os.Environ(),
		"HOME="+home, "GOVMOMI_HOME="+home, "GOVC_URL=https://"+server.Endpoint()+"/sdk",
		"GOVC_USERNAME="+server.Username(), "GOVC_PASSWORD="+server.Password(), "GOVC_PERSIST_SESSION=false",
		"GOVC_TLS_CA_CERTS="+authority, "GOVC_INSECURE=false", "GOVC_DATACENTER=DC0",
		// As on any vCenter of several clusters and datastores, a clone has to be told where to go.
		"GOVC_RESOURCE_POOL=/DC0/host/DC0_C0/Resources", "GOVC_DATASTORE=LocalDS_0",
	)}
}

// build builds govc into a file.
func build(ctx context.Context, binary string) error {
	module, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/vmfork/terraform-provider-vmfork").Output()
	if err != nil {
		return fmt.Errorf("finding the checkout: %w", err)
	}
	tools := filepath.Join(strings.TrimSpace(string(module)), "internal", "tools")
	if output, err := exec.CommandContext(ctx, "go", "build", "-C", tools, "-o", binary, "./govc").CombinedOutput(); err != nil {
		return fmt.Errorf("building govc: %w\n%s", err, output)
	}

	return nil
}

// Run returns what govc printed, and fails the test where govc does.
func (g *Govc) Run(args ...string) string {
	g.tb.Helper()
	output, err := g.Try(args...)
	if err != nil {
		g.tb.Fatalf("govc %s: %v\n%s", strings.Join(args, " "), err, output)
	}

	return output
}

// Try returns what govc printed, and how it ended.
func (g *Govc) Try(args ...string) (string, error) {
	g.tb.Helper()
	command := exec.CommandContext(g.tb.Context(), built.binary, args...)
	command.Env = g.env
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()

	return output.String(), err
}
