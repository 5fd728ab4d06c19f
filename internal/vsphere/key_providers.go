package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// keyProviders returns the key provider with the id, which is its name as well (CryptoManagerKmip.ListKmipServers); none where there is none,
// or where vCenter has no crypto manager.
func (c *Client) keyProviders(ctx context.Context, id string) ([]Object, error) {
	provider, err := c.keyProvider(ctx, id)
	if err != nil || provider == nil {
		return nil, err
	}

	return []Object{{Type: TypeKeyProvider, ID: id, Name: id, Path: id, Accessible: true}}, nil
}

// keyProvider returns the key provider with the id, nil where there is none.
func (c *Client) keyProvider(ctx context.Context, id string) (*types.KmipClusterInfo, error) {
	content, err := c.conn.Content(ctx)
	if err != nil || content.CryptoManager == nil {
		return nil, err
	}
	what := httpapi.Call{Op: "ListKmipServers", Object: id}
	answer, err := conn.Call(ctx, c.conn.Method(what), methods.ListKmipServers, &types.ListKmipServers{This: *content.CryptoManager})
	if err != nil {
		return nil, err
	}
	for _, provider := range answer.Returnval {
		if provider.ClusterId.Id == id {
			return &provider, nil
		}
	}

	return nil, nil
}
