// Package vsphereclone is the resource vmfork_vsphere_clone: a VM that vCenter's REST API cloned from another VM or from a template.
//
// Package lifecycle serves the requests of the CLI, and package lifecycle/vm has what all resources share that create VMs. This package
// has what is a clone's own: schema, model, requests, the order of an update's steps, plan checks and error texts.
//
// Read in this order: resource.go, schema.go, model.go, adapter.go, plan.go, checks.go, checks_placement.go, errors.go.
package vsphereclone
