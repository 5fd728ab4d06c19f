import {
  to = vmfork_vsphere_ft_secondary.database
  identity = {
    vcenter_uuid  = "8f6d1b5e-3c41-4b0e-9d0c-6f1b7c0f2a11"
    primary_vm_id = "vm-42"
  }
}
