data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

data "vmfork_vsphere_object" "frontend" {
  type = "network"
  path = "/DC0/network/VM Network"
}

data "vmfork_vsphere_object" "backup" {
  type = "network"
  path = "/DC0/network/DC0_DVPG0"
}

# The machine has this from its first moment. Parts that you leave out stay the source's and are not managed.
resource "vmfork_vsphere_clone" "app" {
  name         = "app"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
  annotation   = "the shop's"

  cpu = {
    count   = 4
    hot_add = true
  }
  memory = {
    size_mib = 4096
    hot_add  = true
  }

  # The source's interface goes to another network, and a second one is added.
  network_interfaces = {
    "Network adapter 1" = { network_id = data.vmfork_vsphere_object.frontend.id }
  }
  network_interfaces_to_add = {
    backup = { network_id = data.vmfork_vsphere_object.backup.id }
  }
}
