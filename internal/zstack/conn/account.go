package conn

import (
	"context"
	"net/http"
	"net/url"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// Account is who asks: what ZStack tells depends on it.
type Account struct {
	// UUID is the account's; empty where ZStack does not tell it to an access key.
	UUID string
	// Name is the account's name, or says which access key is used.
	Name string
}

// Account returns the account that the credentials are of: what the login answered, or the owner of the access key (QueryAccessKey),
// which is asked for once. It logs in where that is still to do.
func (c *Conn) Account(ctx context.Context) (Account, error) {
	if c.key == nil {
		if _, err := c.credentials(ctx, 0); err != nil {
			return Account{}, err
		}
		c.login.mu.Lock()
		defer c.login.mu.Unlock()

		return Account{UUID: c.login.uuid, Name: c.login.account}, nil
	}
	c.login.mu.Lock()
	known := c.login.uuid
	c.login.mu.Unlock()
	named := Account{UUID: known, Name: "the account of access key " + c.key.id}
	if known != "" {
		return named, nil
	}
	var told struct {
		Inventories []struct {
			AccountUUID string `json:"accountUuid"`
		} `json:"inventories"`
	}
	err := c.Read(ctx, Request{
		Call: httpapi.Call{Op: "QueryAccessKey"}, Method: http.MethodGet, Path: "/v1/accesskeys",
		Query: "q=" + url.QueryEscape("AccessKeyID="+c.key.id),
	}, &told)
	if err != nil || len(told.Inventories) != 1 {
		return named, err
	}
	named.UUID = told.Inventories[0].AccountUUID
	c.login.mu.Lock()
	defer c.login.mu.Unlock()
	c.login.uuid = named.UUID

	return named, nil
}
