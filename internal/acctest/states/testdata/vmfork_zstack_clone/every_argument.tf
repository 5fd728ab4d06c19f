
resource "vmfork_zstack_clone" "it" {
  name                = "web"
  source_vm_uuid      = "{{vm-instances golden uuid}}"
  strategy            = "InstantStart"
  full                = true
  description         = "a web server"
  power_on            = true
  affinity_group_uuid = "{{affinity-groups spread uuid}}"
  system_tags         = ["ha::NeverStop"]
  user_tags           = ["team::web", "blue"]
  root_volume = {
    provisioning_strategy = "ThinProvisioning"
    primary_storage_uuid  = "{{primary-storage storage-1 uuid}}"
    system_tags           = ["capability::virtio-scsi"]
  }
  data_volumes = {
    primary_storage_uuid = "{{primary-storage storage-1 uuid}}"
    system_tags          = ["capability::virtio-scsi"]
  }
  cluster_uuid       = "{{clusters cluster-1 uuid}}"
  host_uuid          = "{{hosts host-1 uuid}}"
  delete_mode        = "Enforcing"
  expunge_on_destroy = true
  shutdown_timeout   = "1m"
  timeouts           = { create = "10m", read = "1m", update = "10m", delete = "10m" }
}
