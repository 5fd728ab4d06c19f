// Package fakecli plays Terraform against one resource in process, for unit tests of what happens between a plan and the state
// that is saved: interruptions, lost answers, pending creations, tainted instances. A test gives the resource a fake client
// and reads the state afterwards.
package fakecli
