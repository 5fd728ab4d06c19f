data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

data "vmfork_vsphere_linked_clones" "golden" {
  vm_id = data.vmfork_vsphere_virtual_machine.golden.id
}

# The machines that keep each snapshot from being removed.
output "keeps" {
  value = {
    for clone in data.vmfork_vsphere_linked_clones.golden.linked_clones :
    coalesce(clone.snapshot_id, "no snapshot") => clone.name...
  }
}
