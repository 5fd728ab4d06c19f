
resource "vmfork_zstack_snapshot" "it" {
  vm_uuid = "{{vm-instances golden uuid}}"
  name    = "before"
}
