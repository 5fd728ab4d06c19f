// Package job starts the asynchronous calls of a ZStack client and follows their jobs.
//
//   - Every asynchronous call carries a job uuid of ours and is sent once. When its answer is lost, the job is asked for by that
//     uuid (job.go). What ZStack calls the job's location names a host that only it knows, so our own endpoint is asked.
//   - A job is polled at a pace that is learned from the jobs of its method (poll.go).
//   - Clones that are asked for within a moment and differ only in their names are one CloneVmInstance, and one job that all
//     of them wait for (clone_batch.go).
package job
