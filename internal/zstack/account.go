package zstack

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// ownerOp is the API that tells the owners of resources.
const ownerOp = "GetResourceAccount"

// ownersAtOnce is how many resources one request asks for; see [longestQuery].
const ownersAtOnce = 80

// Account is an account that owns resources (AccountInventory).
type Account struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

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
	var told struct{}

	return c.get(ctx, "GetVmCapabilities", uuid, vmPath+"/"+uuid+"/capabilities", &told)
}

// Owner returns the account that owns a resource (GetResourceAccount): the one whose session made it, unless the owner was changed. Reads
// that arrive together are one request. A resource that does not exist counts as the administrator's.
func (c *Client) Owner(ctx context.Context, uuid string) (Account, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: ownerOp, Object: uuid}, uuid); err != nil {
		return Account{}, err
	}

	return c.owners.Load(ctx, uuid)
}

func (c *Client) readOwners(ctx context.Context, uuids []string) (map[string]Account, error) {
	owners := make(map[string]Account, len(uuids))
	for some := range slices.Chunk(distinct(uuids), ownersAtOnce) {
		parameters := make([][2]string, len(some))
		for i, uuid := range some {
			parameters[i] = [2]string{"resourceUuids", uuid}
		}
		var told struct {
			Inventories map[string]Account `json:"inventories"`
		}
		r := conn.Request{Call: httpapi.Call{Op: ownerOp}, Method: http.MethodGet, Path: "/v1/resources/accounts", Query: encode(parameters...)}
		if err := c.conn.Read(ctx, r, &told); err != nil {
			return nil, err
		}
		maps.Copy(owners, told.Inventories)
	}

	return owners, nil
}
