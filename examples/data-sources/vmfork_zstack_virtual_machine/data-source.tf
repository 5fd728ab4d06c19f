# Exactly one of uuid and name.
data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}

output "golden" {
  value = {
    uuid  = data.vmfork_zstack_virtual_machine.golden.uuid
    state = data.vmfork_zstack_virtual_machine.golden.state
    # What a full clone copies.
    data_volumes = data.vmfork_zstack_virtual_machine.golden.data_volume_uuids
  }
}
