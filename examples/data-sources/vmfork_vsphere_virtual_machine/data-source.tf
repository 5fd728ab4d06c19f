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

# Of the settings only those that you name are read: they may hold secrets.
data "vmfork_vsphere_virtual_machine" "web" {
  name              = "DC0_C0_RP0_VM0"
  extra_config_keys = ["guestinfo.name"]
}

output "size" {
  value = "${data.vmfork_vsphere_virtual_machine.web.cpu.count} processors, ${data.vmfork_vsphere_virtual_machine.web.memory.size_mib} MiB"
}
