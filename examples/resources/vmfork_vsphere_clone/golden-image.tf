# The newest image: a data source finds it by the path at each plan.
data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

resource "vmfork_vsphere_clone" "worker" {
  for_each = toset(["worker-1", "worker-2"])

  name         = each.key
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }

  lifecycle {
    # Machines stay when the image moves on; new ones are made from the new image.
    ignore_changes = [source_vm_id]
  }
}
