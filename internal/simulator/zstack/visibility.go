package zstack

import (
	"slices"
	"strings"
)

// holding tells which accounts see a resource.
type holding struct {
	owner  string          // the uuid of an account; empty is the administrator's
	shared map[string]bool // by the uuids of accounts that may see it beside the owner; true for the empty one: all may
}

// sees reports whether an account sees what is held: its own, what is shared with it, and the administrator all.
func (h holding) sees(account string) bool {
	return account == adminAccount || h.owner == account || h.shared[account] || h.shared[""]
}

// held returns which accounts see a volume: those that see the VM that it belongs or belonged to, or else the account that made it.
func (one *volume) held() holding {
	switch {
	case one.vm != nil:
		return one.vm.holding
	case one.lastVM != nil:
		return one.lastVM.holding
	default:
		return one.holding
	}
}

// heldBy returns which accounts see a resource. owned is false for what all accounts see. Snapshots go with their volume, groups and interfaces with their VM.
func (c *catalog) heldBy(uuid string) (held holding, owned bool) {
	if v, ok := c.vms.get(uuid); ok {
		return v.holding, true
	}
	if one, ok := c.volumes.get(uuid); ok {
		return one.held(), true
	}
	if one, ok := c.snapshots.get(uuid); ok {
		return one.volume.held(), true
	}
	if one, ok := c.snapshots.groups.get(uuid); ok {
		return one.vm.holding, true
	}
	if one, ok := c.snapshots.trees.get(uuid); ok {
		return one.volume.held(), true
	}
	for _, v := range c.vms.all {
		if slices.ContainsFunc(v.nics, func(one *nic) bool { return one.uuid == uuid }) {
			return v.holding, true
		}
	}

	return holding{}, false
}

// holders are the fields that name the resource with which a record is seen, where that is not the record itself.
var holders = map[string]string{"SystemTag": "resourceUuid", "UserTag": "resourceUuid", "VmNic": "vmInstanceUuid"}

// visible returns the records that the session's account sees. What it does not see is left out without a word.
func (c *catalog) visible(as *session, kind string, records []record) []record {
	if as.account == adminAccount {
		return records
	}
	key, other := holders[kind]
	if !other {
		key = "uuid"
	}

	return slices.DeleteFunc(slices.Clone(records), func(shown record) bool {
		uuid, _ := shown[key].(string)
		held, owned := c.heldBy(uuid)

		return owned && !held.sees(as.account)
	})
}

// permit refuses a call on a resource that its account does not see. A query is not refused: it leaves out what the account does not see.
func (c *catalog) permit(made *call) *errorCode {
	if made.session == nil || strings.HasPrefix(made.operation.name, queryPrefix) {
		return nil
	}
	if failure := c.permitUse(made.session, made.values["uuid"]); failure != nil {
		return failure
	}

	return c.permitUse(made.session, made.values["nic"])
}

// permitUse refuses an account the use of a resource that it does not see.
func (c *catalog) permitUse(as *session, uuid string) *errorCode {
	if held, owned := c.heldBy(uuid); owned && !held.sees(as.account) {
		return newError(codePermissionDenied, "the resource[uuid:%s] doesn't belong to the account[uuid:%s]", uuid, as.account)
	}

	return nil
}
