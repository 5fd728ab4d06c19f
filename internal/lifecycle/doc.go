// Package lifecycle is the life of an object that a task creates from an existing VM, for every resource on every platform. The
// object's id is known only when its task ends, so what became of a task that can't be waited for must never be guessed.
//
// A resource type embeds [Resource], which serves the requests of the CLI, and gives it an [Adapter] for what differs: how the task
// starts, how a lost object is found, how the object is read, changed and removed. A call reads downward: resource, life cycle,
// adapter, client.
//
//   - resource.go, plan.go, create.go, read.go, update.go, delete.go, import.go: the requests of the CLI.
//   - run.go, outcome.go: a creation's task, from its start to the [outcome].
//   - search.go, resolve.go: the search for a lost object, and what became of a pending one.
//   - registry.go, shared.go, queue.go: what is in state, and what resources of one provider share.
//   - retry.go, task.go, timing.go: further attempts, tasks of existing objects, and the times that no argument sets.
//   - adapter.go: the interfaces; check.go, private.go, timeouts.go, values.go, elements.go: parts of adapters and models.
//
// It knows no platform and no client.
package lifecycle
