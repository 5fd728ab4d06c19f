package fakezstack

import "context"

// Account implements lifecycle.SightClient: the administrator asks.
func (n *Node) Account(context.Context) (id, name string, err error) {
	return "36c27e8ff05c4780bf6d2fa65700f22e", "admin", nil
}

// HasZone implements lifecycle.SightClient: every zone is the node's.
func (n *Node) HasZone(context.Context, string) (bool, error) { return true, nil }

// ConfirmVM implements lifecycle.SightClient: what a query does not find is missing.
func (n *Node) ConfirmVM(_ context.Context, uuid string) error {
	return Missing("GetVmCapabilities", uuid)
}
