// Package vspheresnapshot is the resource vmfork_vsphere_snapshot: one snapshot of a VM.
//
// Life cycle. Create takes one snapshot and waits for its task, whose result is the snapshot's id. vCenter works on one
// snapshot of a VM at a time and refuses others meanwhile, so the operations on one VM queue here, and wait for
// what somebody else does to the VM. What happens to a snapshot that cannot be waited for is package lifecycle's: it is adopted,
// proved not to exist, or kept in state as pending with the id of its task, and then resolved by Read, Update and Delete
// (pending.go). The name and the description change in place; everything else only counts when the snapshot is taken.
//
// Read in this order: resource.go, schema.go, model.go, create.go with taking.go, read.go, update.go, delete.go, pending.go,
// import.go, plan.go with checks.go. Beside them: words.go for texts, private.go for what is stored outside the state, and
// session.go for what resources share that are worked on together.
package vspheresnapshot
