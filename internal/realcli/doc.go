// Package realcli runs a real Terraform or OpenTofu CLI, with a provider binary built from this checkout, in a folder of its
// own. The demo, the bench and the acceptance tests that need real processes (signals, logs) use it.
//
// Nothing of the user's CLI set-up is touched or read: the CLI gets a configuration file that finds the provider in a
// mirror inside the folder, and asks no registry.
package realcli
