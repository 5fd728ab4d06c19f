data "vmfork_vsphere_virtual_machine" "source" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

# The point that the disks stand on.
resource "vmfork_vsphere_snapshot" "base" {
  vm_id = data.vmfork_vsphere_virtual_machine.source.id
  name  = "base"
}

resource "vmfork_vsphere_clone" "runner" {
  for_each = toset(["runner-1", "runner-2"])

  name         = each.key
  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id
  snapshot_id  = vmfork_vsphere_snapshot.base.id
  linked       = true
  power_on     = true

  # A virtual TPM of its own, where the source has one.
  tpm_provision_policy = "replace"
}
