import {
  to = vmfork_vsphere_snapshot.before
  id = "vm-42/snapshot-7"
}
