// Package zstack is an embedded ZStack management node: its REST layer and the inventory behind it, written from the
// specification. Many servers can run in one process, each with its own inventory, delays and faults.
//
//	srv, err := zstack.Start(zstack.Options{})
//	defer srv.Close()
//
// # Initial inventory
//
// Zone zone-1; clusters cluster-1 and cluster-2 with hosts host-1 to host-3 and host-4 to host-6; primary storages
// storage-1 and storage-2 in both clusters and storage-3 in cluster-2; backup storage backup-1; images image-1 and
// router-image, which is the system's; instance offerings small, medium and router-offering; disk offering disk-20g; L2 networks
// l2-eth0 and l2-eth1, with a VLAN; network net-1 with vip-1 and default-group; affinity group spread; running VM golden
// with one data volume, stopped VM golden-stopped, and running VMs vm-0… as [Options] says. The account admin with the
// password "password" may log in, and has one access key. Server.ID finds a uuid by kind and name.
//
// # Structure
//
// One listener serves the API at /zstack/v1 and the control endpoint at /_control. The front (front.go) counts a request,
// delays it and applies injected faults. The router (router.go) finds its operation by path, HTTP method and the action in the
// body; the authenticator (access_keys.go) checks its session or signature; newCall (call.go) reads it. Then the operation
// (operation.go) answers: at once, or with a job. To add an API, add an operation to one of the API types.
//
// [Server] itself starts, stops, dispatches and knows the credentials. Its other Go methods are those of the stores that it embeds:
//
//	store             holds                                        lock
//	faultStore        injected faults                              its own
//	sessionStore      logins                                       its own
//	jobStore          asynchronous calls, which it also runs       its own, after the inventory's
//	inventoryView     nothing: shows the inventory                 the inventory's
//	inventoryEditor   nothing: changes behind a client's back      the inventory's
//
// The inventory (inventory.go) owns one lock for all of its stores, because one operation changes several of them. Each store
// depends only on those above it:
//
//	infrastructure    zones, clusters, hosts, images, offerings, networks, storages, affinity groups, and what the API only lists
//	tagStore          tags by resource
//	nicStore          network interfaces; the addresses in use belong to the networks
//	volumeStore       volumes and their attachments
//	snapshotStore     snapshots and snapshot groups; removes volumes with their snapshots
//	space             the free space of primary storages, computed
//	vmStore           VMs, their states, and the calls that work on them
//	recycleBin        the deletion policy
//	scheduler         the choice of hosts
//	builder           hosts, volumes and interfaces for VMs that are only records
//	catalog           all resources as records for queries
//
// The API types use the stores: accountAPI, queryAPI, vmAPI, powerAPI, destroyAPI, cloneAPI, vmCreateAPI, volumeAPI, snapshotAPI,
// snapshotGroupAPI, revertAPI, nicAPI, l3NetworkAPI, tagAPI and ownerAPI (operations.go). No store of the inventory knows an API or HTTP.
//
// An operation begins with the inventory's lock held: it checks the call and marks transitional states, such as Starting. Its effect
// runs under the lock again after the job's duration; where a job fails before its effect, undo reverts the marks.
// No goroutine waits while it holds a lock.
//
// # The REST layer
//
// It follows the platform where its behaviour is known, even if it is surprising:
//
//   - Doubled slashes count as one and lead to no redirect; a slash at the end is another path. Access keys sign the path as
//     sent.
//   - The REST layer refuses with a text: 400, 403, 404, 405. The API refuses with a coded error: a synchronous call answers
//     503, any other one 202 and a job that ends with 503, also if the session is not open.
//   - A reply has no content type. Options.FloatNumbers writes integers as 1.0 and 8.589934592E9.
//   - The location of a job names a host that clients cannot reach. A query for a job needs no session, and extends none. Three
//     hours after its end a job is unknown, and its uuid may be used again.
//   - X-API-Timeout makes a job fail with SYS.1001 after that time, while its work continues. X-Web-Hook is accepted and
//     ignored.
//   - The Date of a signed request is compared with the server's wall clock, whatever zone it names.
//   - A query without a limit returns 1000 records at most. Its operators, and where a condition is split, are the
//     platform's (query_condition.go); texts are compared as its database does: without regard to case and to trailing
//     spaces. An absent value meets only "is null". An unknown field is SYS.1000.
//   - Every kind of resource of ZStack's public clients can be queried (query_kinds.go). The fields __userTag__ and __systemTag__ stand for the tags
//     of a resource; their negative operators find resources without such a tag. groupBy finds the oldest record of each group, which the
//     platform's database leaves open. Of ZStack's query language the simulator knows statements over one kind, with conditions, groups, order and
//     pages (zql.go); anything else of it is SYS.1000.
//
// # The inventory
//
// Where the specification and the known facts leave a choice, the simulator behaves as follows:
//
//   - The records of a call's clones exist as soon as its job runs: the first two are Starting and have all they need,
//     the others are Created and wait. A clone that fails leaves nothing, and does not affect the others. The entries of
//     the result are in the reverse order of the names. Names need not be unique, neither in a call nor among VMs.
//   - An error of an entry is VM.1000, with a cause: HOST_ALLOCATION.1000, PS.1000 or L3.1000. A requested host
//     that does not fit (its cluster, its storages, its capacity) is HOST_ALLOCATION.1000 of every entry; one that cannot run
//     any VM, and a cluster that is disabled, is SYS.1006 of the call.
//   - A clone by JustCreate has neither volumes nor an address: it gets them, as the call said, at its first start.
//   - Without a requested primary storage, the source's is the first choice, and any other one of the cluster the next.
//     Volumes take their whole size, snapshots what their volume has in use. VMs take CPUs and memory while they have a host.
//   - A VM belongs to an affinity group by its tag, even if the tag is created later. The group is hard: a VM does not start
//     if it would share a host. A system tag without a rule (tag_rules.go) is SYS.1007. The platform creates tags of its own, which are
//     inherent and cannot be deleted. To create an existing tag answers with that tag.
//   - To start a running VM, to stop a stopped one, and to delete an object that does not exist succeeds. Any other wrong state is
//     VM.1010; for the destruction of a VM that is the cause of VM.1004. Destroying a VM overtakes a job that works on it.
//   - A Destroyed VM keeps its root volume and its addresses. With the policy Delay it is expunged after seven days, as is a
//     Deleted volume. Snapshots end with their volume, a group with the snapshot of its root volume.
//   - Snapshots of a volume form a chain on storages of files, which those of the initial inventory are: to delete one deletes all that were
//     taken after it on the same branch, and is refused while another VM's volume reads from one of them. On Ceph each stands alone.
//     A chain has 64 snapshots at most. Versions that know the parameters scope and direction obey them (Options.Version).
//   - A revert to a group whose snapshots are deleted, or whose VM has other volumes by now, is SYS.1006 as a whole; in another state than Stopped
//     each of its entries fails.
//   - CreateVmInstance builds a VM as a clone is built, and of an image of root volumes only. A root volume is at least as large as its image. A
//     data volume that is made without a storage takes no space, and is removed at once.
//   - A clone has an interface on each network of its source's, or those that vmNicParams lists: all of them, in the order of their device ids. An
//     address of the call's own, or a MAC address, is for one name. A further interface gets the lowest device id that is free; one that
//     goes to another network (ChangeVmNicNetwork) keeps its own, and its MAC address. SetVmStaticIp knows an interface by its network alone.
//   - CPUs and memory change while a VM is stopped; while it runs they may only grow, where its configuration vm.numa says so
//     (Change.HotPlug), which GetResourceConfig tells. A guest always obeys a graceful stop.
//
// doc_faults.md lists the errors that the APIs raise, and how to provoke each.
package zstack
