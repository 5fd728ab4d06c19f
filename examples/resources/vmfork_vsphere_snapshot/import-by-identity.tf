import {
  to = vmfork_vsphere_snapshot.before
  identity = {
    vcenter_uuid = "8f6d1b5e-3c41-4b0e-9d0c-6f1b7c0f2a11"
    vm_id        = "vm-42"
    snapshot_id  = "snapshot-7"
  }
}
