// Package vcenter is an embedded vCenter: govmomi's simulator with the REST API, the rules and the faults that it lacks.
// Acceptance tests, the demo and the benchmark run on it; many servers live in one process, each with its own inventory,
// delays, users and faults.
//
//	srv, err := vcenter.Start(vcenter.Options{})
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
// [Server] is a front. It counts, delays, drops and fails requests (front.go), then hands each to one of three APIs:
// vimAPI for SOAP (vim*.go), jsonAPI for VI/JSON, which becomes a call of vimAPI (json*.go), restAPI for REST (rest*.go).
// The Go methods (api.go) and the control endpoint (control.go) delegate to the same stores as the APIs.
//
// The stores, in the order in which one may use another; stores.go creates them in that order, and none knows the server:
//
//	inventory       govmomi's model, its lock, lookups by path, reference and parent (inventory*.go)
//	stockMethods    govmomi's own methods; a task that one starts becomes one of the taskStore's (stock*.go)
//	eventLog        the history (events.go)
//	storage         files, chains of disks, free space (storage*.go)
//	placer          where a VM may go (placement.go)
//	conditionStore  what tests say of a VM that no property tells (conditions.go)
//	userStore       users and their privileges (users.go), which authorization answers for (authorization.go)
//	specStore       customization specifications (specs.go)
//	collectorStore  property collectors, filters, waits (collector*.go)
//	sessionStore    REST sessions, and the end of SOAP sessions (sessions.go)
//	taskStore       every task, from its start to its end (tasks*.go)
//	outage          a restart of vCenter's services (outage.go)
//	guestStore      what guests do by themselves (guests.go)
//	powerStates, multiPower  power of one VM and of many (power*.go)
//	vmStore         creation, names, folders, deletion of VMs (vms*.go)
//	reconfigurer    changes of a configuration, by ReconfigVM_Task and along with a clone (reconfigure*.go, disks*.go, crypto.go)
//	cloner, instantCloner, relocator, provisioningChecker  (clone*.go, instant_clone*.go, relocation.go, provisioning_check.go)
//	snapshotStore   snapshots (snapshot*.go)
//	switchPorts     how many ports a switch may have (switch_ports.go)
//	disabledMethods  methods that objects refuse for a while (disabled_methods.go)
//	performance     queries of statistics (performance.go)
//	storageDRS      clones and relocations into a datastore cluster, whose Storage DRS must be on (storage_drs.go)
//	tagStore, customFields  tags, of the newer and the older REST API, and custom attributes (tags.go, rest_tag*.go, rest_legacy.go, custom_fields.go)
//	profileStore    storage policies, the service below /pbm, and what has which policy (profiles*.go)
//	clusterStore, drsStore  settings of clusters, recommendations of DRS (clusters.go, drs.go)
//	ftRules, ftStore        what fault tolerance allows, and the pairs (ft*.go)
//	objectIDs, registrar    other ids for VMs and snapshots: a restored vCenter, UnregisterVM, RegisterVM_Task (object_ids.go, registration.go)
//	inventoryView, editor   what the owner of the server sees and changes (inventory_view.go, editor*.go)
//
// Two hooks go against that order, as interfaces that the lower store declares: a powerFollower (guests and pairs) acts
// on a change of power, a pairKeeper takes a VM that is deleted out of its pair.
//
// govmomi decodes SOAP; its Registry.Handler hook sends every authenticated call through vimAPI's method table. Each
// store contributes the methods that it answers; a method that is in no table is govmomi's own. Adding a method means
// adding a line to the table of its store.
//
// govmomi's objects are not safe against every mix of readers and writers, and its locks can be taken in any order. So
// inventory.mu stands above them: what changes the inventory locks it for writing, shortly; what reads it locks it for
// reading; no code waits for time to pass while holding it. A store with data of its own guards them with a mutex of its
// own, which is locked after inventory.mu and never held while another store is called.
//
// Everything that vCenter does in a task runs in the taskStore: progress over Options.TaskDuration, hold, cancel, forget,
// then the effect in one step. Hence a VM appears in the inventory when its clone completes, and a cancelled or failed
// task leaves nothing. Each task is a vim25 Task; one that REST started is a CIS task as well. What vCenter can tell at
// once comes as the error of the call; rules that others may break meanwhile (a name that is taken) are checked again
// when the task takes effect.
//
// A clone is placed as VMware documents it (placement_rules.go): an unset pool is the source's, and a host or a cluster that
// does not belong to it is refused; without pool and host the clone goes to the source's host; a pool without a host means the
// host of a stand-alone one, the choice of DRS (the source's host where that fits, else the one with the fewest VMs), or, in a
// cluster without DRS, a refusal by REST and for a running VM that is relocated. Options.Datacenters and StandaloneHosts add
// what the inventory starts without: /DC1 has what /DC0 has but VMs, and its datastores are named DC1_LocalDS_0 and 1. A VM
// leaves its datacenter by RelocateVM_Task alone, which must name the pool; anything else is a DatacenterMismatch.
//
// What ReconfigVM_Task refuses, CloneVM_Task refuses of the configuration that travels with it: the rules are in doc_reconfigure.md.
// Privileges and names are checked by the call, everything else by the task, which leaves nothing behind when it fails.
//
// Privileges are those that VMware's reference documents for the method (vim_privileges.go) and for what a request names (privileges.go,
// reconfigure_privileges.go); where it does not say on which object, on the folder of what is made. A user has them everywhere, but for what
// [Server.Revoke] takes away on one object.
//
// A VM that [Change].AttachDevice gives a "tpm" is encrypted: cloning it needs Cryptographer.Clone, and its clones share its vTPM's secrets
// unless tpmProvisionPolicy replaces them (from API 8.0.0.1 on). location.disk[].diskBackingInfo makes the files of clones and of moved disks
// thin, thick or zeroed in advance.
//
// Whether a real vCenter takes several instant clones of one source at a time is not known: the server refuses the second
// with TaskInProgress unless Options.ConcurrentInstantClones allows it.
//
// Whether vCenter escapes the name of a snapshot that is escaped already is not known; Options.DoublyEscapedSnapshots does so.
//
// A fault tolerant pair is two VMs of one name; which faults the methods raise, when, and what the documentation leaves
// open is in doc_faults_ft.md.
//
// The property collector compares what a filter sees with what it last told, which needs no help from govmomi's objects
// and cannot deadlock against changing views.
package vcenter
