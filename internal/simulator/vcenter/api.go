package vcenter

import "github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"

// RequestCounts counts the requests to the server. Calls to the control endpoint are not counted.
type RequestCounts = serving.RequestCounts

// Requests returns how many requests came since the server started or ResetRequests was called.
func (s *Server) Requests() RequestCounts { return s.requests.Counts() }

// ResetRequests sets all request counts to zero.
func (s *Server) ResetRequests() { s.requests.Reset() }

// TraceRequests calls a function for every request from now on, when it was answered. Calls may overlap.
func (s *Server) TraceRequests(tell func(serving.Exchange)) { s.requests.Trace(tell) }

// Inject adds a fault. Of several faults for one method the oldest acts first.
func (s *Server) Inject(fault Fault) { s.faults.inject(fault) }

// ClearFaults removes all faults.
func (s *Server) ClearFaults() { s.faults.Clear() }

// Struck returns how many times an injected fault has met a request or a task since the server started.
func (s *Server) Struck() int { return s.faults.Struck() }

// Restart does what a restart of vCenter's services does to its clients: all sessions end, all tasks are unknown to every
// API afterwards, and for a time nothing is answered but 503.
func (s *Server) Restart(how Restart) { s.outage.restart(how) }

// EndOutage lets the server answer again at once.
func (s *Server) EndOutage() { s.outage.end() }

// AddUser adds a user with the privileges of role ReadOnly and those that are named, everywhere. An existing user is
// replaced.
func (s *Server) AddUser(name, password string, privileges ...string) {
	s.users.grant(name, password, privileges)
}

// Revoke takes privileges of a user away on the object with the id, and on no other, as a permission on that object does; without an id,
// everywhere. It replaces what was taken away there before: without privileges, all is given back. [Server.AddUser] gives back everything.
func (s *Server) Revoke(name, objectID string, privileges ...string) {
	s.users.revoke(name, objectID, privileges)
}

// Sessions returns all open sessions, oldest first.
func (s *Server) Sessions() []SessionInfo { return s.sessions.list() }

// ExpireSessions ends all sessions, SOAP and REST, as vCenter does with idle ones. Waits of theirs end with
// NotAuthenticated.
func (s *Server) ExpireSessions() { s.sessions.expireAll() }

// Collectors returns how many property collectors clients have created and not destroyed, and how many filters there are.
// The collector that each session has from the beginning does not count.
func (s *Server) Collectors() (collectors, filters int) { return s.collectors.totals() }

// Tasks returns all tasks since the server started, oldest first.
func (s *Server) Tasks() []TaskInfo { return s.tasks.list() }

// RunningTaskCounts returns how many tasks run at a time for each user that ever started one, by the name of the login.
func (s *Server) RunningTaskCounts() map[string]TaskCount { return s.tasks.running() }

// HoldTasks makes tasks of a method that start from now on stop at 60 % until ReleaseTasks is called or they are
// cancelled. The method is spelled as in [RequestCounts.ByMethod]; empty means every method.
func (s *Server) HoldTasks(method string) { s.tasks.hold(method) }

// ReleaseTasks lets held tasks go on and removes all holds.
func (s *Server) ReleaseTasks() { s.tasks.release() }

// AllowConcurrentInstantClones lets several instant clones of one source run at a time from now on, or one again.
func (s *Server) AllowConcurrentInstantClones(allow bool) { s.instantClones.concurrent.Store(allow) }

// SetTaskTargets makes CIS tasks that start from now on name that target.
func (s *Server) SetTaskTargets(target TaskTarget) { s.tasks.setTargets(target) }

// IgnoreCancel makes requests to cancel a task succeed without effect, or have their effect again.
func (s *Server) IgnoreCancel(ignore bool) { s.tasks.setIgnoreCancel(ignore) }

// ForgetTasks makes all tasks, running ones too, unknown to every API, as vCenter does with old ones. Their work goes
// on.
func (s *Server) ForgetTasks() { s.tasks.forget() }

// SuppressGuestAddresses keeps guests that start from now on from reporting an address, or undoes that. ChangeVM
// can give a VM an address all the same.
func (s *Server) SuppressGuestAddresses(suppress bool) { s.guests.suppressAddresses(suppress) }

// IgnoreShutdown makes guests accept a request to shut down and stay on, or follow it again.
func (s *Server) IgnoreShutdown(ignore bool) { s.guests.ignoreShutdown(ignore) }

// VMs returns all VMs and templates, by name.
func (s *Server) VMs() []VM { return s.view.all() }

// VM returns the first VM of a literal name, in the order of paths.
func (s *Server) VM(name string) (VM, bool) { return s.view.named(name) }

// ID returns the managed object id of an inventory path of literal names ("/DC0/host/DC0_C0/Resources"), and nothing
// where there is no such object. A slash within a name is written %2f, as in vim25.
func (s *Server) ID(path string) string { return s.view.id(path) }

// ChangeVM changes a VM at once, without a task.
func (s *Server) ChangeVM(id string, change Change) error { return s.editor.changeVM(id, change) }

// DestroyVM deletes a VM at once, whatever its state.
func (s *Server) DestroyVM(id string) error { return s.editor.destroyVM(id) }

// Reregister gives a VM and its snapshots new managed object ids, as when its host leaves the inventory and comes back, and
// returns the VM's. Its tags, custom attributes and storage policies are lost, and all else stays, its instance UUID above all.
func (s *Server) Reregister(id string) (string, error) { return s.ids.reregister(id) }

// Restore lets managed object ids of VMs and snapshots name other objects, as after vCenter was restored from a backup: the
// object with the id that is a key gets the id that is its value, which must be free or be a key as well. Before that it ends
// all sessions and tasks.
func (s *Server) Restore(ids map[string]string) error { return s.ids.restore(ids) }

// ChangeSnapshot changes a snapshot at once.
func (s *Server) ChangeSnapshot(id string, change SnapshotChange) error {
	return s.snapshots.change(id, change)
}

// DestroySnapshot removes a snapshot at once. Those below it move up.
func (s *Server) DestroySnapshot(id string) error { return s.snapshots.destroy(id) }

// ChangeDatastore makes a datastore accessible or not and sets its free space in bytes. Nil parts stay.
func (s *Server) ChangeDatastore(id string, accessible *bool, freeBytes *int64) error {
	return s.editor.changeDatastore(id, accessible, freeBytes)
}

// ChangeHost puts a host into maintenance mode or takes it out, and connects or disconnects it. Nil parts stay.
func (s *Server) ChangeHost(id string, maintenance, connected *bool) error {
	return s.editor.changeHost(id, maintenance, connected)
}

// ChangeCluster changes a cluster at once, without a task.
func (s *Server) ChangeCluster(id string, change ClusterChange) error {
	return s.clusters.changeCluster(id, change)
}

// HoldStarting keeps starting pairs from running, and with false lets all of them run.
func (s *Server) HoldStarting(held bool) { s.ft.holdStarting(held) }

// FailOver fails the host of a primary: its secondary becomes the primary, and the old primary the secondary, which
// is started again where DRS is automatic. The pair must be running.
func (s *Server) FailOver(id string) error { return s.ft.failOver(id) }
