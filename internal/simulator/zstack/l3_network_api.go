package zstack

import (
	"cmp"
	"net/http"
	"net/netip"
	"strconv"
)

// defaultFreeAddresses is how many free addresses GetFreeIp lists without a limit.
const defaultFreeAddresses = 100

// l3NetworkAPI is the API of the addresses of L3 networks.
type l3NetworkAPI struct{ infra *infrastructure }

func (a l3NetworkAPI) operations() []operation {
	const path = "/v1/l3-networks"
	var all []operation
	for _, one := range []string{path + "/ip/free", path + "/{l3}/ip/free", path + "/ip-ranges/{range}/ip/free"} {
		all = append(all, operation{name: "GetFreeIp", method: http.MethodGet, path: one, sync: true, begin: a.free})
	}

	return all
}

// free is GetFreeIp: the lowest free addresses of a network or of its range, from an address on.
func (a l3NetworkAPI) free(c *call) (effect, *errorCode) {
	limit := defaultFreeAddresses
	if text := first(c.query, "limit"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil {
			c.refused = refuse(http.StatusBadRequest, "Invalid query parameter. 'limit' must be an integer")

			return nil, nil
		}
		limit = number
	}
	from, failure := a.network(c)
	if failure != nil {
		return nil, failure
	}
	start := netip.IPv4Unspecified()
	if text := first(c.query, "start"); text != "" {
		address, err := netip.ParseAddr(text)
		if err != nil || !address.Is4() {
			return nil, newError(codeInvalidArgument, "start[%s] is no IPv4 address", text)
		}
		start = address
	}

	return func() (any, *errorCode) { return map[string]any{"inventories": from.free(start, limit)}, nil }, nil
}

// network returns the network that a call names, or whose range it names.
func (a l3NetworkAPI) network(c *call) (*network, *errorCode) {
	l3, named := cmp.Or(c.values["l3"], first(c.query, "l3NetworkUuid")), cmp.Or(c.values["range"], first(c.query, "ipRangeUuid"))
	switch {
	case l3 != "":
		return a.infra.networks.find("L3Network", l3)
	case named == "":
		return nil, newError(codeInvalidArgument, "either l3NetworkUuid or ipRangeUuid is needed")
	}
	for _, one := range a.infra.networks.all {
		if one.rangeUUID == named {
			return one, nil
		}
	}

	return nil, newError(codeNotFound, "IpRange[uuid:%s] is not found", named)
}

// free returns the lowest free addresses from one on; a negative limit means all.
func (n *network) free(start netip.Addr, limit int) []record {
	found := []record{}
	for address := n.first; address.Compare(n.last()) <= 0 && (limit < 0 || len(found) < limit); address = address.Next() {
		if !n.used[address] && address.Compare(start) >= 0 {
			found = append(found, record{"ipRangeUuid": n.rangeUUID, "ip": address.String(), "netmask": n.netmask, "gateway": n.gateway.String()})
		}
	}

	return found
}
