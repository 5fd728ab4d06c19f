# Exactly one of id, path, instance_uuid and name.
data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

# The disks to leave out of a clone are named by their keys.
output "disks" {
  value = {
    for key, disk in data.vmfork_vsphere_virtual_machine.golden.disks : key => "${disk.label}, ${disk.capacity_bytes} bytes"
  }
}
