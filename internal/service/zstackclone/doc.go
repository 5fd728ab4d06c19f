// Package zstackclone is the resource vmfork_zstack_clone: one VM that was cloned from another one on ZStack.
//
// Life cycle. Create asks for one clone and waits for its job; clones that are asked for together share a call, which is the
// client's business. What became of a job that can't be waited for any longer is for package lifecycle to judge: the VM is
// adopted, proved not to have been made, or kept in state as pending with the job's uuid. A VM whose job can't tell is looked for by
// its name among those that had not got that name when create began (search.go): names need not be unique on ZStack.
// ZStack may leave a job running for ever when a management node restarts, so a VM that is there and complete counts whatever
// its job says.
//
// Name, description, power and tags change in place; everything else only counts when the VM is made. Destroy stops the VM,
// moves it to the recycle bin, deletes the data volumes that a full clone made, and only those, and expunges all of that where
// the configuration says so. What is done already counts.
//
// Read in this order: resource.go, schema.go, model.go with tags.go, create.go with search.go, read.go, update.go with power.go,
// delete.go, import.go, plan.go with checks.go. Beside them: words.go for texts, private.go for what is stored outside the
// state, session.go for what resources share that are worked on together.
package zstackclone
