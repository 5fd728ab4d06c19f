// Package disks is the virtual disks of a vSphere VM in a resource: the arguments disks_to_update and disks_to_add with their schemas, what
// a refresh observes of them, what a plan keeps, and what brings a VM to them.
//
//   - capacity.go: sizes in GiB.
//   - present.go: the disks that a VM has, as the computed attribute disks tells them.
//   - updates.go: disks_to_update, disks of the source that differ.
//   - added.go, slots.go: disks_to_add, disks of the VM's own, and their places on controllers.
//   - policies.go: storage policies, which are asked for by themselves.
//   - foreign.go: disks that others have attached.
//   - schema.go: the schemas.
package disks
