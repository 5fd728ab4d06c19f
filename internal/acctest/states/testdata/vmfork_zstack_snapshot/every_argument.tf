
resource "vmfork_zstack_snapshot" "it" {
  vm_uuid     = "{{vm-instances golden uuid}}"
  name        = "before"
  description = "before the update"
  with_memory = true
  timeouts    = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
