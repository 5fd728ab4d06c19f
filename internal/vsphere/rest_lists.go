package vsphere

import (
	"context"
	"net/http"
	"net/url"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	vmPath    = "/api/vcenter/vm"
	specsPath = "/api/vcenter/guest/customization-specs"
)

// vmSummary is one VM of the REST list (VM.Summary). Names are literal.
type vmSummary struct {
	VM   string `json:"vm"`
	Name string `json:"name"`
}

// listVMs lists the VMs by any of the names; an empty folder means anywhere.
func (c *Client) listVMs(ctx context.Context, folderID string, names []string) ([]vmSummary, error) {
	query := url.Values{"names": names}
	if folderID != "" {
		query.Set("folders", folderID)
	}
	var summaries []vmSummary
	err := c.conn.REST(ctx, conn.Request{
		Call:   httpapi.Call{Op: "GET " + vmPath, Object: folderID},
		Method: http.MethodGet, Path: vmPath, Query: query, Out: &summaries,
	})

	return summaries, err
}

// CustomizationSpecExists reports whether there is a guest customization specification by that name
// (GET /api/vcenter/guest/customization-specs, one list for all that ask within a few milliseconds). Before 7.0 U2 each is read by
// GetCustomizationSpec.
func (c *Client) CustomizationSpecExists(ctx context.Context, name string) (bool, error) {
	return c.specs.Load(ctx, name)
}

func (c *Client) readSpecs(ctx context.Context, names []string) (map[string]bool, error) {
	whole, err := c.conn.WholeREST(ctx)
	if err != nil {
		return nil, err
	}
	if !whole {
		return c.readableSpecs(ctx, names)
	}
	var specs []struct {
		Name string `json:"name"`
	}
	err = c.conn.REST(ctx, conn.Request{
		Call: httpapi.Call{Op: "GET " + specsPath}, Method: http.MethodGet, Path: specsPath, Out: &specs,
	})
	if err != nil {
		return nil, err
	}
	exists := make(map[string]bool, len(names))
	for _, name := range names {
		exists[name] = false
	}
	for _, spec := range specs {
		exists[spec.Name] = true
	}

	return exists, nil
}

// readableSpecs is readSpecs where the REST API has no list of customization specifications.
func (c *Client) readableSpecs(ctx context.Context, names []string) (map[string]bool, error) {
	read, err := c.readCustomizations(ctx, names)
	if err != nil {
		return nil, err
	}
	exists := make(map[string]bool, len(read))
	for name, spec := range read {
		if spec.err != nil && !apierr.Is(spec.err, apierr.NotFound) {
			return nil, spec.err
		}
		exists[name] = spec.err == nil
	}

	return exists, nil
}
