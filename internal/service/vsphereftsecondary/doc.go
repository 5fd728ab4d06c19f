// Package vsphereftsecondary is the resource vmfork_vsphere_ft_secondary: the secondary VM that makes a VM fault tolerant.
//
// Life cycle. Create starts CreateSecondaryVMEx_Task on the primary and waits for it. In any doubt (an interruption, a
// deadline, a lost answer) the primary's own ftInfo decides: it names its secondary, or there is none (pairing.go). Only
// while the task is known to go on, or nobody can be asked, is the resource pending (pending.go). That the secondary could
// not be powered on is no failure: outcome.go makes warnings of it, and applies what DRS recommends where it may.
//
// The primary can change by itself: after a fail-over the former secondary is the primary. A refresh says so, and the next
// apply fails back in place (update.go). The identity stays: it names the VM that was the primary when the pair was made.
//
// Read in this order: resource.go, schema.go, model.go, create.go with pairing.go and outcome.go, read.go, update.go,
// delete.go, pending.go, import.go, plan.go with checks.go. Beside them: words.go for texts, private.go for what is stored
// outside the state, session.go for what resources share that are worked on together.
package vsphereftsecondary
