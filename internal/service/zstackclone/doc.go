// Package zstackclone is the resource vmfork_zstack_clone: one VM that was cloned from another one on ZStack.
//
// Clones that are asked for together share a call, which is the client's business. A VM whose job can't tell is found by its name among
// the VMs that had not got that name when the creation began (search.go): names need not be unique on ZStack. ZStack may leave a job
// running for ever when a management node restarts, so a VM that exists and is complete is ours whatever its job says.
//
// Name, description, power and tags change in place; the other arguments apply at creation only. Destroy stops the VM, moves it to the
// recycle bin, deletes the data volumes that a full clone created, and only those, and expunges all of that where the configuration says
// so (remove.go). What such a destroy left behind keeps the resource in state (remains.go).
package zstackclone
