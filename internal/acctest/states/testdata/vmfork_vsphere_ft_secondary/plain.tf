
resource "vmfork_vsphere_ft_secondary" "it" {
  primary_vm_id = "{{vm DC0_C0_RP0_VM0 id}}"
}
