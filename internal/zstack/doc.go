// Package zstack is the ZStack client of the provider, on net/http alone. It stands on the specification of CloneVmInstance
// and on what the open parts of ZStack show about the wire.
//
// Everything here aims at few requests and at never losing a job:
//
//   - The first call logs in with an account, once for all who wait, or each request is signed with an access key
//     (session.go, access_key.go). A session that ZStack dropped is replaced by one login that all callers share; what it refused
//     is sent once more, also when the refusal arrives as a failed job.
//   - Every asynchronous call carries a job uuid of ours and is sent once. When its answer is lost, the job is asked for by that
//     uuid (job.go, job_poll.go). What ZStack calls the job's location names a host that only it knows, so our own endpoint is asked.
//   - Reads that arrive together are one query (reads.go, query.go); clones that arrive together and differ only in their names
//     are one CloneVmInstance, and one job that all of them wait for (clone_batch.go).
//   - Every error is an [apierr.Error]; its kind is decided by ZStack's code, or without one by the HTTP status, never by text
//     (errors.go). Numbers may be written 1.0 or 8.58E9 (number.go).
//
// Deadlines are the caller's: a restart of the management node can leave a job at "running" for ever.
package zstack
