# The ids that a clone's placement takes.
data "vmfork_vsphere_object" "folder" {
  type = "folder"
  path = "/DC0/vm"
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

data "vmfork_vsphere_object" "host" {
  type = "host"
  path = "/DC0/host/DC0_C0/DC0_C0_H0"
}

output "folder_id" {
  value = data.vmfork_vsphere_object.folder.id # "group-v3"
}
