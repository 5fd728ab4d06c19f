
resource "vmfork_vsphere_instant_clone" "it" {
  name               = "web"
  source_vm_id       = "{{vm DC0_C0_RP0_VM0 id}}"
  network_interfaces = { "4000" = { network_id = "{{/DC0/network/VM Network}}" } }
}
