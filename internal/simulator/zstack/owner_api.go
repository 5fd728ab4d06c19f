package zstack

import (
	"cmp"
	"net/http"
)

// ownerAPI is the API that tells whose a resource is.
type ownerAPI struct {
	catalog  *catalog
	accounts *accountStore
}

func (a ownerAPI) operations() []operation {
	return []operation{{name: "GetResourceAccount", method: http.MethodGet, path: "/v1/resources/accounts", sync: true, begin: a.owners}}
}

// owners is GetResourceAccount. Every account may ask for every resource; one that belongs to no account, or does not exist, counts as the
// administrator's.
func (a ownerAPI) owners(c *call) (effect, *errorCode) {
	uuids := c.query["resourceUuids"]
	if len(uuids) == 0 {
		return nil, newError(codeInvalidArgument, "field[resourceUuids] of message[GetResourceAccount] is mandatory, can not be null")
	}

	return func() (any, *errorCode) {
		owners := record{}
		for _, uuid := range uuids {
			owner := adminAccount
			if held, owned := a.catalog.heldBy(uuid); owned {
				owner = cmp.Or(held.owner, adminAccount)
			}
			found, _ := a.accounts.find(func(one account) bool { return one.uuid == owner })
			owners[uuid] = record{"uuid": owner, "name": found.name}
		}

		return map[string]any{"inventories": owners}, nil
	}, nil
}
