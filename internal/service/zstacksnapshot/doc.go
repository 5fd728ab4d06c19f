// Package zstacksnapshot is the resource vmfork_zstack_snapshot: one snapshot group of a VM on ZStack, which is a snapshot of each
// of its volumes, taken at once.
//
// Life cycle. ZStack lets the caller choose the uuid of what is made, so the group's uuid is known, and is its identity, before
// anything is asked for. That makes create safe: a group whose job can't be waited for, or whose answer was lost, is looked up by
// its uuid and never taken twice. It is adopted, proved not to exist, or kept in state as pending with the uuid of its job, and
// then resolved by Read, Update and Delete (pending.go). The name and the description change in place. A removal can succeed in
// part: what is left stays in state, and the next apply goes on.
//
// Read in this order: resource.go, schema.go, model.go, create.go with taking.go, read.go, update.go, delete.go, pending.go,
// import.go, plan.go with checks.go. Beside them: words.go for texts, and session.go for what resources share that are worked on
// together.
package zstacksnapshot
