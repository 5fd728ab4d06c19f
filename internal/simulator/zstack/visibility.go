package zstack

import (
	"slices"
	"strings"
)

// sees reports whether an account sees a VM: its own, one that is shared with it, and the administrator sees all. Volumes and snapshots
// go with their VM.
func (v *vm) sees(account string) bool {
	return account == adminAccount || v != nil && (v.owner == account || v.shared[account] || v.shared[""])
}

// machine returns the VM that a volume belongs or belonged to; nil where there was none.
func (one *volume) machine() *vm {
	if one.vm != nil {
		return one.vm
	}

	return one.lastVM
}

// machineOf returns the VM that decides which accounts see a resource. owned is false for what all accounts see.
func (c *catalog) machineOf(uuid string) (machine *vm, owned bool) {
	if v, ok := c.vms.get(uuid); ok {
		return v, true
	}
	if one, ok := c.volumes.get(uuid); ok {
		return one.machine(), true
	}
	if one, ok := c.snapshots.get(uuid); ok {
		return one.volume.machine(), true
	}
	if one, ok := c.snapshots.groups.get(uuid); ok {
		return one.vm, true
	}
	if one, ok := c.snapshots.trees.get(uuid); ok {
		return one.volume.machine(), true
	}

	return nil, false
}

// visible returns the records that the session's account sees. What it does not see is left out without a word.
func (c *catalog) visible(as *session, kind string, records []record) []record {
	if as.account == adminAccount {
		return records
	}
	key := "uuid"
	if kind == "SystemTag" || kind == "UserTag" {
		key = "resourceUuid"
	}

	return slices.DeleteFunc(slices.Clone(records), func(shown record) bool {
		uuid, _ := shown[key].(string)
		machine, owned := c.machineOf(uuid)

		return owned && !machine.sees(as.account)
	})
}

// permit refuses a call on a resource that its account does not see. A query is not refused: it leaves out what the account does not see.
func (c *catalog) permit(made *call) *errorCode {
	if made.session == nil || strings.HasPrefix(made.operation.name, queryPrefix) {
		return nil
	}
	uuid := made.values["uuid"]
	if machine, owned := c.machineOf(uuid); owned && !machine.sees(made.session.account) {
		return newError(codePermissionDenied, "the resource[uuid:%s] doesn't belong to the account[uuid:%s]", uuid, made.session.account)
	}

	return nil
}
