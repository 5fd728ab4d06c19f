// Package interfaces is the network interfaces of a vSphere VM in a resource: the argument network_interfaces with its schema, what a
// refresh observes of it, what a plan keeps, and the edits that bring a VM to it.
//
//   - interfaces.go: one interface, and the argument as a value.
//   - edits.go: the edits of a VM that exists.
//   - added.go: network_interfaces_to_add, interfaces of the VM's own.
//   - schema.go: the schema.
package interfaces
