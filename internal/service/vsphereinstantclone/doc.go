// Package vsphereinstantclone is the resource vmfork_vsphere_instant_clone: a VM that was made of a running VM by
// InstantClone_Task, and shares its memory and disks until either changes them.
//
// What happens to such a VM from its creation to its end is package vmlifecycle's, which every resource that makes VMs shares.
// Here is what is an instant clone's own: its schema and model, the network interfaces that it may have changed (cards.go), the
// request that starts it (request.go), the order of the steps that an update takes, the checks of its plan, and the texts that
// name its arguments.
//
// Read in this order: resource.go, schema.go, model.go, cards.go, request.go, steps.go, plan.go with checks.go, words.go.
package vsphereinstantclone
