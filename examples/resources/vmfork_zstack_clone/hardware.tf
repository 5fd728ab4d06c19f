data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}

resource "vmfork_zstack_clone" "build" {
  name           = "build"
  source_vm_uuid = data.vmfork_zstack_virtual_machine.golden.uuid

  cpu_count    = 4
  memory_bytes = 8 * 1024 * 1024 * 1024
  power_on     = true
}
