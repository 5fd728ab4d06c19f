// Package vsphereinstantclone is the resource vmfork_vsphere_instant_clone: a VM that InstantClone_Task created from a running VM, with
// which it shares memory and disks until either changes them.
//
// Package lifecycle serves the requests of the CLI, and package lifecycle/vm has what all resources share that create VMs. This package
// has what is an instant clone's own: schema, model, requests, the order of an update's steps, plan checks and error texts.
//
// Read in this order: resource.go, schema.go, model.go, network_interfaces.go, adapter.go, request.go, steps.go, plan.go, checks.go,
// errors.go.
package vsphereinstantclone
