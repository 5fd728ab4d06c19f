data "vmfork_vsphere_virtual_machine" "web" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

# A point to go back to before a change.
resource "vmfork_vsphere_snapshot" "before" {
  vm_id       = data.vmfork_vsphere_virtual_machine.web.id
  name        = "before 2.1"
  description = "Taken before the upgrade to 2.1"
}

# With the memory of the running machine, so that going back resumes it as it ran.
resource "vmfork_vsphere_snapshot" "running" {
  vm_id  = data.vmfork_vsphere_virtual_machine.web.id
  name   = "running"
  memory = true

  # Snapshots that were taken after it are removed with it.
  remove_children_on_destroy = true

  timeouts = {
    create = "2h"
  }

  depends_on = [vmfork_vsphere_snapshot.before]
}

output "taken_at" {
  value = vmfork_vsphere_snapshot.before.created_at
}
