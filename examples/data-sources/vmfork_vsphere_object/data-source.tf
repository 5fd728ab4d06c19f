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

# One of several networks of one name: by its switch, or by network_type.
data "vmfork_vsphere_object" "switch" {
  type = "distributed_switch"
  path = "/DC0/network/DVS0"
}

data "vmfork_vsphere_object" "network" {
  type      = "network"
  path      = "/DC0/network/DC0_DVPG0"
  switch_id = data.vmfork_vsphere_object.switch.id
}

output "folder_id" {
  value = data.vmfork_vsphere_object.folder.id # "group-v3"
}
