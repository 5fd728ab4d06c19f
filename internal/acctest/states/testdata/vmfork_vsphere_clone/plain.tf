
resource "vmfork_vsphere_clone" "it" {
  name         = "web"
  source_vm_id = "{{vm golden-template id}}"
  placement    = { resource_pool_id = "{{/DC0/host/DC0_C0/Resources}}" }
}
