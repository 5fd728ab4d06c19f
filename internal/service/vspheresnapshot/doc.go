// Package vspheresnapshot is the resource vmfork_vsphere_snapshot: one snapshot of a VM.
//
// Package lifecycle takes a snapshot through its life, from the creation to the removal. Here is what is a snapshot's own: its schema and
// model, the adapter with the calls of vCenter's API, the checks of its plan, and the texts that name its arguments. vCenter works on
// one snapshot of a VM at a time and refuses others meanwhile, so the operations on one VM queue, and wait for what other clients do
// to the VM. Name and description change in place; all other arguments apply at creation only.
//
// Read in this order: resource.go, schema.go, model.go, adapter.go with steps.go, plan.go with checks.go, import.go, errors.go.
package vspheresnapshot
