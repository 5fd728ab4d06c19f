
resource "vmfork_zstack_clone" "it" {
  name           = "web"
  source_vm_uuid = "{{vm-instances golden uuid}}"
}
