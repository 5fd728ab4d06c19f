data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

data "vmfork_vsphere_object" "bulk" {
  type = "datastore"
  path = "/DC0/datastore/LocalDS_1"
}

# A database: the system disk grows, the source's second disk is left out, and three disks are its own.
resource "vmfork_vsphere_clone" "db" {
  name         = "db"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }

  disks_to_remove = ["2001"]
  disks_to_update = {
    "2000" = { capacity_gib = 40 }
  }
  disks_to_add = {
    data   = { capacity_gib = 200, provisioning = "eager_zeroed" }
    log    = { capacity_gib = 16.5, controller = "nvme0" }
    backup = { capacity_gib = 500, provisioning = "thin", datastore_id = data.vmfork_vsphere_object.bulk.id, mode = "independent_persistent" }
  }
}
