package acctest

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// LogIn returns a govmomi client of a simulated vCenter, for changes outside Terraform. The caller logs out.
func LogIn(tb testing.TB, server *vcenter.Server) *govmomi.Client {
	tb.Helper()
	client, err := LogInAs(tb, server, server.Username(), server.Password())
	if err != nil {
		tb.Fatal(err)
	}

	return client
}

// LogInAs is [LogIn] for another user. It may be called by any goroutine.
func LogInAs(tb testing.TB, server *vcenter.Server, user, password string) (*govmomi.Client, error) {
	tb.Helper()
	wire := soap.NewClient(&url.URL{Scheme: "https", Host: server.Endpoint(), Path: "/sdk"}, true)
	vim, err := vim25.NewClient(tb.Context(), wire)
	if err != nil { // it refuses what is written in a newer version than its own
		if err = wire.UseServiceVersion(); err == nil {
			vim, err = vim25.NewClient(tb.Context(), wire)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}
	if err := client.Login(tb.Context(), url.UserPassword(user, password)); err != nil {
		return nil, fmt.Errorf("log in as %s: %w", user, err)
	}

	return client, nil
}

// Furnish creates the folder /DC0/vm/prod and a resource pool in that of DC0_C0, which a simulated vCenter does not start with,
// and returns their ids.
func Furnish(tb testing.TB, client *govmomi.Client) (folderID, poolID string) {
	tb.Helper()
	finder := find.NewFinder(client.Client)
	vms, err := finder.Folder(tb.Context(), "/DC0/vm")
	if err != nil {
		tb.Fatal(err)
	}
	prod, err := vms.CreateFolder(tb.Context(), "prod")
	if err != nil {
		tb.Fatal(err)
	}
	root, err := finder.ResourcePool(tb.Context(), "/DC0/host/DC0_C0/Resources")
	if err != nil {
		tb.Fatal(err)
	}
	child, err := root.Create(tb.Context(), "child", types.DefaultResourceConfigSpec())
	if err != nil {
		tb.Fatal(err)
	}

	return prod.Reference().Value, child.Reference().Value
}
