
resource "vmfork_vsphere_ft_secondary" "it" {
  primary_vm_id            = "{{vm DC0_C0_RP0_VM0 id}}"
  host_id                  = "{{/DC0/host/DC0_C0/DC0_C0_H1}}"
  metadata_datastore_id    = "{{/DC0/datastore/LocalDS_1}}"
  config_datastore_id      = "{{/DC0/datastore/LocalDS_1}}"
  disk_datastores          = { "2000" = "{{/DC0/datastore/LocalDS_1}}" }
  metro                    = { host_group = "east" }
  enabled                  = true
  apply_drs_recommendation = true
  timeouts                 = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
