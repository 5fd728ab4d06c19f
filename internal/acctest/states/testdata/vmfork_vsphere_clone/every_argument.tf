
resource "vmfork_vsphere_clone" "it" {
  name         = "web"
  source_vm_id = "{{vm golden-template id}}"
  placement = {
    folder_id        = "{{/DC0/vm}}"
    resource_pool_id = "{{/DC0/host/DC0_C0/Resources}}"
    host_id          = "{{/DC0/host/DC0_C0/DC0_C0_H0}}"
    cluster_id       = "{{/DC0/host/DC0_C0}}"
    datastore_id     = "{{/DC0/datastore/LocalDS_1}}"
  }
  disks_to_remove          = ["2001"]
  disks_to_update          = { "2000" = { datastore_id = "{{/DC0/datastore/LocalDS_0}}" } }
  power_on                 = true
  guest_customization_spec = { name = "linux" }
  wait_for_guest_ip        = "2m"
  shutdown_timeout         = "1m"
  timeouts                 = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
