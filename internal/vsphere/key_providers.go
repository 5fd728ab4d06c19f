package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// keyProviders returns the key provider with the id, which is its name as well; none where there is none.
func (c *Client) keyProviders(ctx context.Context, id string) ([]Object, error) {
	all, err := c.allKeyProviders(ctx)

	return slices.DeleteFunc(all, func(provider Object) bool { return provider.ID != id }), err
}

// allKeyProviders returns all key providers.
func (c *Client) allKeyProviders(ctx context.Context) ([]Object, error) {
	all, err := c.listKeyProviders(ctx, "")
	found := make([]Object, 0, len(all))
	for _, provider := range all {
		id := provider.ClusterId.Id
		found = append(found, Object{Type: TypeKeyProvider, ID: id, Name: id, Path: id, Accessible: true})
	}

	return found, err
}

// keyProvider returns the key provider with the id, nil where there is none.
func (c *Client) keyProvider(ctx context.Context, id string) (*types.KmipClusterInfo, error) {
	all, err := c.listKeyProviders(ctx, id)
	for _, provider := range all {
		if provider.ClusterId.Id == id {
			return &provider, nil
		}
	}

	return nil, err
}

// listKeyProviders returns all key providers (CryptoManagerKmip.ListKmipServers); none where vCenter has no crypto manager. Errors say that the
// call is about the one with the id.
func (c *Client) listKeyProviders(ctx context.Context, id string) ([]types.KmipClusterInfo, error) {
	content, err := c.conn.Content(ctx)
	if err != nil || content.CryptoManager == nil {
		return nil, err
	}
	what := httpapi.Call{Op: "ListKmipServers", Object: id}
	answer, err := conn.Call(ctx, c.conn.Method(what), methods.ListKmipServers, &types.ListKmipServers{This: *content.CryptoManager})
	if err != nil {
		return nil, err
	}

	return answer.Returnval, nil
}
