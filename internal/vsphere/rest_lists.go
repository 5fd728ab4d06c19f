package vsphere

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	vmPath    = "/api/vcenter/vm"
	specsPath = "/api/vcenter/guest/customization-specs"
)

// longestNames bounds the names in one request's query, which servers and proxies limit.
const longestNames = 4000

// vmName is what the batch of [Client.VMsNamed] reads by.
type vmName struct {
	folderID string
	name     string
}

// vmSummary is one VM of the REST list (VM.Summary). Names are literal.
type vmSummary struct {
	VM   string `json:"vm"`
	Name string `json:"name"`
}

// VMsNamed returns the VMs by that literal name in a folder: one, or none. All that ask within a few milliseconds share
// one GET /api/vcenter/vm for each folder.
func (c *Client) VMsNamed(ctx context.Context, folderID, name string) ([]Object, error) {
	return c.names.Load(ctx, vmName{folderID, name})
}

func (c *Client) readNames(ctx context.Context, keys []vmName) (map[vmName][]Object, error) {
	byFolder := make(map[string][]string)
	found := make(map[vmName][]Object, len(keys))
	for _, key := range keys {
		if _, twice := found[key]; !twice {
			found[key] = nil
			byFolder[key.folderID] = append(byFolder[key.folderID], key.name)
		}
	}
	for _, folderID := range slices.Sorted(maps.Keys(byFolder)) {
		for _, names := range chunkNames(byFolder[folderID]) {
			summaries, err := c.listVMs(ctx, folderID, names)
			if err != nil {
				return nil, err
			}
			for _, summary := range summaries {
				key := vmName{folderID, summary.Name}
				found[key] = append(found[key], Object{
					Type: TypeVirtualMachine, ID: summary.VM, Name: summary.Name, ParentID: folderID, Accessible: true,
				})
			}
		}
	}

	return found, nil
}

// chunkNames splits names so that each part fits into a query.
func chunkNames(names []string) [][]string {
	var (
		chunks [][]string
		length int
	)
	for _, name := range names {
		cost := len(url.QueryEscape(name)) + len("&names=")
		if len(chunks) == 0 || length+cost > longestNames {
			chunks, length = append(chunks, nil), 0
		}
		chunks[len(chunks)-1] = append(chunks[len(chunks)-1], name)
		length += cost
	}

	return chunks
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
// (GET /api/vcenter/guest/customization-specs, one list for all that ask within a few milliseconds).
func (c *Client) CustomizationSpecExists(ctx context.Context, name string) (bool, error) {
	return c.specs.Load(ctx, name)
}

func (c *Client) readSpecs(ctx context.Context, names []string) (map[string]bool, error) {
	var specs []struct {
		Name string `json:"name"`
	}
	err := c.conn.REST(ctx, conn.Request{
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
