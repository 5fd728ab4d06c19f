
resource "vmfork_vsphere_snapshot" "it" {
  vm_id       = "{{vm DC0_C0_RP0_VM0 id}}"
  name        = "before"
  description = "before the update"
  memory      = false
  quiesce = {
    timeout_minutes = 10
    windows = {
      vss_backup_type           = 5
      vss_bootable_system_state = true
      vss_partial_file_support  = false
      vss_backup_context        = "ctx_auto"
    }
  }
  remove_children_on_destroy = true
  consolidate_on_destroy     = false
  timeouts                   = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
