// Package vmlifecycle is the life of a vSphere VM that a task makes from another VM, for the resources that make such VMs: it
// is started, watched, settled, found again, read, changed step by step, powered on and off, imported and destroyed, and never
// forgotten.
//
// A resource describes itself to a [Life] by its [Model], which embeds [Attributes], and by functions for what is its own:
// how the task is started, which steps an update takes, how a refusal is worded. The rest is here, once:
//
//   - create.go: the VM is made, adopted, proved not to have been made, or kept in state as pending; package lifecycle judges
//     which, for everything that a task makes.
//   - pending.go: read, update and delete resolve a pending VM first.
//   - read.go, update.go, delete.go, import.go, power.go: what follows.
//   - checks.go: the checks of a plan against the live inventory that such resources share.
//   - session.go: what resources share that are worked on together.
//   - attributes.go, placement.go, schema.go, identity.go, private.go, words.go: the parts of a model, of a schema, of what is
//     stored outside the state, and of texts, that such resources have in common.
//
// It knows the platform by [Client] and no resource by name.
package vmlifecycle
