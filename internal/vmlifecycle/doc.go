// Package vmlifecycle is the life of a VM that a task makes from another VM, for the resources that make such VMs: it is
// started, watched, settled, found again, read, changed step by step, powered on and off, imported and destroyed, and never
// forgotten.
//
// A resource describes itself to a [Life] by its [Model], which embeds [Attributes], and by functions for what is its own:
// how the task is started, which steps an update takes, how a refusal is worded. The rest is here, once:
//
//   - create.go and making.go: the VM's id is known only when the task ends, so what happens to a task that can't be waited
//     for is the heart of this package. It is adopted, proved to have made nothing, or kept in state as pending with its id.
//   - pending.go: read, update and delete resolve a pending VM first.
//   - read.go, update.go, delete.go, import.go, power.go: what follows.
//   - checks.go: the checks of a plan against the live inventory that such resources share.
//   - session.go, claims.go, memo.go: what resources share that are worked on together.
//   - attributes.go, placement.go, plan.go, schema.go, identity.go, private.go, words.go: the parts of a model, of a schema, of what is
//     stored outside the state, and of texts, that such resources have in common.
//
// It knows the platform by [Client] and no resource by name.
package vmlifecycle
