data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}

data "vmfork_zstack_object" "net" {
  type = "l3_network"
  name = "net-1"
}

resource "vmfork_zstack_clone" "gateway" {
  name           = "gateway"
  source_vm_uuid = data.vmfork_zstack_virtual_machine.golden.uuid

  network_interfaces = {
    "0" = { ip_address = "10.20.0.200" }
    "1" = { l3_network_uuid = data.vmfork_zstack_object.net.uuid }
  }
}
