// Package vm is the life of a vSphere VM that a task creates from another VM: the part of the life cycle that clones and instant clones
// share. The adapter of such a resource embeds [Adapter], and its model embeds [Attributes].
//
//   - adapter.go, steps.go, power.go, destroy.go: the adapter, the changes of a VM, and its end.
//   - checks.go: the plan checks that such resources share.
//   - attributes.go, placement.go, schema.go, identity.go, import.go, errors.go: the parts of a model, a schema and diagnostics.
//
// It knows the platform by [Client] and no resource by name.
package vm
