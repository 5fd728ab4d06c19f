// Package zstack is an embedded ZStack management node: its REST layer and the world behind it, written from the
// specification. Many servers live in one process, each with an inventory, delays and faults of its own.
//
//	srv, err := zstack.Start(zstack.Options{})
//	defer srv.Close()
//
// # What it starts with
//
// Zone zone-1; clusters cluster-1 and cluster-2 with hosts host-1 to host-3 and host-4 to host-6; primary storages storage-1
// and storage-2 in both clusters and storage-3 in cluster-2; image image-1; network net-1; affinity group spread; running VM
// golden with one data volume, stopped VM golden-stopped, and running VMs vm-0… as [Options] says. The account admin with the
// password "password" may log in, and has one access key. Server.ID finds a uuid by kind and name.
//
// # How it is put together
//
// One listener serves the API at /zstack/v1 and the control endpoint at /_control. The front (front.go) recognises a
// request by path, HTTP method and the action in its body, counts, delays, drops and fails it, and reads it (call.go). Then
// an operation (operation.go) answers: at once, or with a job (jobs.go). Adding an API means adding an operation.
//
// An operation begins with the world's lock held: it checks the call and marks passing states, such as Starting. Its effect
// runs under the lock again when the job's time is over; where a job fails without its effect, undo takes the marks back.
// Nobody waits for time to pass while holding the lock.
//
// # What the REST layer does
//
// It follows the platform where that is known, also where a client would not expect it:
//
//   - Doubled slashes count as one and lead to no redirect; a slash at the end is another path. Access keys sign the path as
//     it was sent.
//   - What the REST layer refuses is a text: 400, 403, 404, 405. What the API refuses is an error with a code: 503 of a
//     synchronous call, 202 and a job that ends with 503 of any other, also where the session is not open.
//   - A reply has no content type. Options.FloatNumbers writes integers as 1.0 and 8.589934592E9.
//   - The location of a job names a host that nobody can reach. Asking for a job needs no session, and keeps none alive. Three
//     hours after its end a job is not known any more, and its uuid may be used again.
//   - X-API-Timeout lets a job fail with SYS.1001 when the time is over, while its work goes on. X-Web-Hook is taken and
//     nobody is called.
//   - The Date of a signed request is compared with the server's wall clock, whatever zone it names.
//   - A query without a limit returns 1000 records at most. Its operators, and how a condition is split at them, are the
//     platform's (query_condition.go); texts are compared as its database does: without regard to case and to spaces at the
//     end. What is absent meets "is null" alone. A field that is not known is SYS.1000.
//
// # What the inventory does
//
// What the specification and the facts leave open is decided so:
//
//   - The records of a call's clones are there as soon as its job runs: the first two are Starting and have all they need,
//     the others are Created and wait. A clone that fails leaves nothing, and takes nothing from the others. The entries of
//     the result are in the reverse order of the names. Names need not be unique, neither in a call nor among VMs.
//   - An error of an entry is VM.1000; why is its cause: HOST_ALLOCATION.1000, PS.1000 or L3.1000. A host that is asked for
//     and does not fit (its cluster, its storages, its room) is HOST_ALLOCATION.1000 of every entry; one that cannot run
//     anything, and a cluster that is disabled, is SYS.1006 of the call.
//   - A clone by JustCreate has neither volumes nor an address: it gets them, as the call said, when it is first started.
//   - Of primary storages that are not asked for, the source's is the first choice, and any other of the cluster the next.
//     Volumes take their whole size, snapshots what their volume has in use. VMs take CPUs and memory while they have a host.
//   - A VM belongs to an affinity group by its tag, also one that is made later. The group is hard: rather no VM than two on
//     one host. A system tag that no rule knows (tag_rules.go) is SYS.1007. The platform makes tags of its own, which are
//     inherent and cannot be deleted. Making a tag again answers with the one that is there.
//   - To start a VM that runs, to stop one that is stopped, and to delete what is gone succeeds. Every other wrong state is
//     VM.1010, when a VM is destroyed as the cause of VM.1004. Destroying overtakes whatever job works on the VM.
//   - A Destroyed VM keeps its root volume and its addresses. With the policy Delay it is expunged after seven days, as a
//     Deleted volume is. Snapshots end with their volume, a group with its last snapshot.
//   - CPUs and memory change only while a VM is stopped. A guest always obeys a graceful stop.
//
// Which errors the APIs raise, and how to provoke each, is in doc_faults.md.
package zstack
