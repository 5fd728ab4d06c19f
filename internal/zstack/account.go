package zstack

import (
	"cmp"
	"context"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// Account returns the account that the credentials are of; see [conn.Conn.Account]. Where ZStack does not tell the uuid to an access
// key, the key's id stands for it.
func (c *Client) Account(ctx context.Context) (id, name string, err error) {
	account, err := c.conn.Account(ctx)

	return cmp.Or(account.UUID, account.Name), account.Name, err
}

// HasZone reports whether the management node has the zone, which every account sees.
func (c *Client) HasZone(ctx context.Context, uuid string) (bool, error) {
	_, err := c.Object(ctx, TypeZone, uuid)
	if apierr.Is(err, apierr.NotFound) {
		return false, nil
	}

	return err == nil, err
}

// ConfirmVM asks for a VM in the one way that tells a missing one from one that the account may not see (GetVmCapabilities): the error is
// of kind NotFound, or Denied. A query leaves both out.
func (c *Client) ConfirmVM(ctx context.Context, uuid string) error {
	what := httpapi.Call{Op: "GetVmCapabilities", Object: uuid}
	if err := conn.CheckUUID(what, uuid); err != nil {
		return err
	}
	var told struct{}

	return c.conn.Read(ctx, conn.Request{Call: what, Method: http.MethodGet, Path: vmPath + "/" + uuid + "/capabilities"}, &told)
}
