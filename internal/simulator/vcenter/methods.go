package vcenter

import (
	"maps"
	"strings"

	"github.com/vmware/govmomi/vim25/soap"
)

// method describes how a vim25 method is answered; at most one of its functions is set. Without any it is govmomi's.
type method struct {
	// direct answers at once, while the inventory is locked: for reading by a method that only reads, else for writing.
	direct func(*call) soap.HasFault
	// unlocked answers without the lock, because it waits or locks by itself.
	unlocked func(*call) soap.HasFault
	// task checks the call and plans its task.
	task func(*call) (taskPlan, *problem)
}

// methodTables returns the tables of all stores. A method that is in none of them is govmomi's own.
func methodTables(s *stores) []map[string]method {
	return []map[string]method{
		s.vms.methods(), s.reconfigurer.methods(), s.power.methods(), s.multiPower.methods(), s.clones.methods(), s.instantClones.methods(),
		s.relocations.methods(), s.checker.methods(), s.snapshots.methods(), s.clusters.methods(), s.drs.methods(),
		s.ftRules.methods(), s.ft.methods(), s.tasks.methods(), s.authorization.methods(), s.sessions.methods(),
		s.specs.methods(), s.collectors.methods(), s.registrar.methods(), s.fields.methods(), s.storageDRS.methods(),
		(&configOptions{stock: s.stock}).methods(), (&performance{s.stock}).methods(),
		(&disabledMethods{s.inventory}).methods(), (&switches{s.stock}).methods(), (&licenses{s.stock}).methods(),
	}
}

// mergeMethods merges tables into one.
func mergeMethods(tables []map[string]method) map[string]method {
	merged := map[string]method{}
	for _, table := range tables {
		maps.Copy(merged, table)
	}

	return merged
}

// readingPrefixes begin the names of methods that change nothing but, at most, the caller's own session.
var readingPrefixes = []string{
	"Retrieve", "ContinueRetrieve", "Query", "Find", "Get", "Has", "Fetch", "Current", "SessionIsActive", "DoesCustomization",
	"ReadNext", "ReadPrevious", "WaitForUpdates", "CheckForUpdates", "CancelWaitForUpdates", "CheckClone", "CheckRelocate",
	"CheckInstantClone", "Estimate",
}

// readsOnly reports whether a method changes nothing in the inventory.
func readsOnly(name string) bool {
	for _, prefix := range readingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}

	return false
}
