// Package vspherevirtualmachine is the data source vmfork_vsphere_virtual_machine: it finds one VM by its managed object
// id, inventory path, instance UUID or name, and tells what can be forked from it: its disks and network interfaces by
// device key, where it lies, and its state. It changes nothing.
package vspherevirtualmachine
