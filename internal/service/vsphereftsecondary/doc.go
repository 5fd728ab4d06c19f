// Package vsphereftsecondary is the resource vmfork_vsphere_ft_secondary: the secondary VM that makes a VM fault tolerant.
//
// Package lifecycle takes a secondary through its life, from the creation to the removal. Here is what is a secondary's own: its schema
// and model, the adapter with the calls of vCenter's API, the steps of a change, the checks of its plan, and the texts that name its
// arguments.
//
// CreateSecondaryVMEx_Task creates the secondary. In any doubt (an interruption, a deadline, a lost answer) the primary's own ftInfo
// decides: it names its secondary, or there is none. That the secondary could not be powered on, or that the pair does not run in time,
// is no failure but a warning.
//
// The primary can change by itself: after a fail-over the former secondary is the primary. A refresh says so, and the next
// apply fails back in place. The identity stays: it names the VM that was the primary when the pair was created.
//
// Read in this order: resource.go, schema.go, model.go, adapter.go, steps.go with power.go, plan.go with checks.go, import.go, errors.go.
package vsphereftsecondary
