// Package vspherelinkedclones is the data source vmfork_vsphere_linked_clones: the machines whose disks stand on files of a VM. Read
// data_source.go.
package vspherelinkedclones
