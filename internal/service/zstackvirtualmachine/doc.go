// Package zstackvirtualmachine is the data source vmfork_zstack_virtual_machine: it finds one VM on ZStack by its uuid or its
// name, and tells what can be forked from it: its volumes and network interfaces, where it lies, and its state. It changes
// nothing. A VM in the recycle bin counts as gone.
package zstackvirtualmachine
