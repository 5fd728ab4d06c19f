// Package zstacksnapshot is the resource vmfork_zstack_snapshot: one snapshot group of a VM on ZStack, with the snapshots of all its
// volumes.
//
// The provider chooses the group's UUID before it asks for the group, so a group whose job is lost is found by its UUID, and a pending
// one has it in state. ZStack may leave a job running for ever when a management node restarts: a group that exists counts whatever its
// job says. Name and description change in place by one call; the other arguments apply at creation only. Operations on the snapshots
// of one VM queue.
package zstacksnapshot
