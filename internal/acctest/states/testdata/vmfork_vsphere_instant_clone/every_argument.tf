
resource "vmfork_vsphere_instant_clone" "it" {
  name         = "web"
  source_vm_id = "{{vm DC0_C0_RP0_VM0 id}}"
  placement = {
    folder_id        = "{{/DC0/vm}}"
    resource_pool_id = "{{/DC0/host/DC0_C0/Resources}}"
    datastore_id     = "{{/DC0/datastore/LocalDS_1}}"
  }
  network_interfaces = {
    "4000" = {
      network_id      = "{{/DC0/network/VM Network}}"
      mac_address     = "00:50:56:AB:CD:01"
      connected       = false
      start_connected = false
    }
  }
  serial_ports            = { "Serial port 1" = "[LocalDS_1] web-serial.log" }
  parallel_ports          = { "Parallel port 1" = "[LocalDS_1] web-parallel.log" }
  extra_config            = { "guestinfo.name" = "web", "guestinfo.role" = "ci" }
  extra_config_wo         = { "guestinfo.token" = "not in state" }
  extra_config_wo_version = 1
  bios_uuid               = "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1"
  power_on                = true
  wait_for_guest_ip       = "2m"
  shutdown_timeout        = "1m"
  timeouts                = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
