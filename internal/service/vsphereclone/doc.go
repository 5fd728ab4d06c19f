// Package vsphereclone is the resource vmfork_vsphere_clone: a VM that was cloned from another VM or from a template.
//
// Life cycle. Create starts one REST clone and waits for its task; the VM's id is known only when that task ends, so what
// happens to a clone that cannot be waited for is the heart of this package (cloning.go): it is adopted, proved not to
// exist, or kept in state as pending with the id of its task. Read, Update and Delete resolve a pending clone first
// (pending.go). Everything that vCenter can change in place is an update of one VM (update.go): rename, move, relocate,
// power. The rest replaces the VM.
//
// Read in this order: resource.go, schema.go, model.go, create.go with cloning.go, read.go, update.go with power.go,
// delete.go, pending.go, import.go, plan.go with checks.go and checks_placement.go. Beside them: words.go for texts,
// private.go for what is stored outside the state, and session.go, claims.go and memo.go for what resources share that are
// worked on together.
package vsphereclone
