
resource "vmfork_vsphere_snapshot" "it" {
  vm_id = "{{vm DC0_C0_RP0_VM0 id}}"
  name  = "before"
}
