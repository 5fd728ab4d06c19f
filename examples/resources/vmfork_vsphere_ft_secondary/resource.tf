data "vmfork_vsphere_virtual_machine" "database" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

data "vmfork_vsphere_object" "datastore" {
  type = "datastore"
  path = "/DC0/datastore/LocalDS_1"
}

# The database survives the failure of its host without interruption.
resource "vmfork_vsphere_ft_secondary" "database" {
  primary_vm_id = data.vmfork_vsphere_virtual_machine.database.id

  # The secondary's files lie on another datastore than the primary's.
  config_datastore_id = data.vmfork_vsphere_object.datastore.id
  disk_datastores = {
    for key, disk in data.vmfork_vsphere_virtual_machine.database.disks :
    key => data.vmfork_vsphere_object.datastore.id
  }

  # Where DRS is not automatic, apply what it recommends in order to power the secondary on.
  apply_drs_recommendation = true

  timeouts = {
    create = "45m"
  }
}

output "secondary" {
  value = {
    id    = vmfork_vsphere_ft_secondary.database.id
    host  = vmfork_vsphere_ft_secondary.database.secondary_host_id
    state = vmfork_vsphere_ft_secondary.database.state
  }
}
