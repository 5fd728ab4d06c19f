// Package vspheresnapshots is the data source vmfork_vsphere_snapshots: a VM's tree of snapshots, as a list and as a
// diagram. Read data_source.go, model.go and mermaid.go.
package vspheresnapshots
