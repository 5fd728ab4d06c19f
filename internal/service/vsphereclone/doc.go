// Package vsphereclone is the resource vmfork_vsphere_clone: a VM that was cloned from another VM or from a template by
// vCenter's REST API.
//
// What happens to a clone from its creation to its end is package vmlifecycle's, which every resource that makes VMs shares.
// Here is what is a clone's own: its schema and model, the request that starts it, the order of the steps that an update
// takes, the checks of its plan, and the texts that name its arguments.
//
// Read in this order: resource.go, schema.go, model.go, steps.go, plan.go with checks.go, words.go.
package vsphereclone
