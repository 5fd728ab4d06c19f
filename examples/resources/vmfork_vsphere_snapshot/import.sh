# By the managed object ids of the machine and of the snapshot
terraform import vmfork_vsphere_snapshot.before vm-42/snapshot-7

# By the names that lead to it in the machine's tree of snapshots
terraform import vmfork_vsphere_snapshot.running "vm-42/before 2.1/running"
