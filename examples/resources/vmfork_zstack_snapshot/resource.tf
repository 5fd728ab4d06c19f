data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}

# A point to go back to before a change: a snapshot of each volume, taken at once.
resource "vmfork_zstack_snapshot" "before" {
  vm_uuid     = data.vmfork_zstack_virtual_machine.golden.uuid
  name        = "before 2.1"
  description = "Taken before the upgrade to 2.1"
}

# With the memory of the running machine, so that going back resumes it as it ran.
resource "vmfork_zstack_snapshot" "running" {
  vm_uuid     = data.vmfork_zstack_virtual_machine.golden.uuid
  name        = "running"
  with_memory = true

  timeouts = {
    create = "2h"
  }

  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "Snapshots of this group were deleted outside Terraform."
    }
  }

  depends_on = [vmfork_zstack_snapshot.before]
}

output "taken_at" {
  value = vmfork_zstack_snapshot.before.created_at
}
