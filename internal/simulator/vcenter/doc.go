// Package vcenter is an embedded vCenter: govmomi's simulator with the REST API, the rules and the faults that it lacks.
// Acceptance tests, the demo and the benchmark run on it; many servers live in one process, each with an inventory,
// delays, users and faults of its own.
//
//	srv, err := vsphere.Start(vsphere.Options{})
//	defer srv.Close()
//
// # What it starts with
//
// Datacenter DC0; cluster DC0_C0 (HA and automatic DRS) with hosts DC0_C0_H0 to H2 and pool DC0_C0/Resources; cluster
// DC0_C1 (no HA, manual DRS) with hosts DC0_C1_H0 to H2 and no VMs; datastores LocalDS_0 and LocalDS_1 on every host;
// powered-on VMs DC0_C0_RP0_VM0… in /DC0/vm, each with disk 2000 (10 GiB) on LocalDS_0 and network interface 4000 on
// DC0_DVPG0; template golden-template with a second disk, 2001 (20 GiB); customization specification linux; the
// administrator (all privileges) and the user restricted, password restricted (read only). Powered-on VMs run VMware
// Tools and report an IPv4 address; one that is powered on later does so a moment after.
//
// # How it is put together
//
// One listener serves SOAP at /sdk, the same methods as JSON at /sdk/vim25 (json.go), REST at /api and the control endpoint at /_control (front.go). The front counts,
// delays, drops and fails requests; then a REST request goes to the route table (rest.go) and a SOAP request to
// govmomi's decoder, whose Registry.Handler hook (dispatch.go) sends every authenticated call through the method table
// (methods.go). A method of the table is ours; one that is not there is govmomi's own. Adding a method means adding a
// line to the table.
//
// govmomi's objects are not safe against every mix of readers and writers, and its locks can be taken in any order. So
// Server.world, a reader-writer lock, stands above them: whatever changes the inventory holds it alone and shortly,
// whatever reads holds it shared, and nobody waits for time to pass while holding it.
//
// Everything that vCenter does in a task runs in the task engine (tasks.go): progress over Options.TaskDuration, hold,
// cancel, forget, then the effect in one step. Hence a VM appears in the inventory when its clone completes, and a
// cancelled or failed task leaves nothing. Each task is a vim25 Task; one that REST started is a CIS task as well.
// What vCenter can tell at once comes as the error of the call; rules that others may break meanwhile (a name that is
// taken) are checked again when the task takes effect.
//
// Where vCenter's documentation leaves a clone's placement open: a cluster or a host without a pool means its root pool
// unless the source's pool belongs to it; a template has no pool, so that its clone must name a pool, a cluster or a
// host. A host that is not named is the source's where that fits, else the one with the fewest VMs.
//
// A fault tolerant pair is two VMs of one name (ft.go); which faults the methods raise, when, and what the documentation
// leaves open is in doc_faults_ft.md.
//
// The property collector is ours too (collector.go): it compares what a filter sees with what it last told, which
// needs no help from govmomi's objects and cannot deadlock against changing views.
package vcenter
