# One shard of a fleet. Several runners apply this configuration at once, each to a shard of its own.

# vCenter's address and login come from the environment: VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD.
provider "vmfork" {
  vsphere = {
    max_concurrent_tasks = var.max_concurrent_tasks
  }
}

data "vmfork_vsphere_virtual_machine" "golden" {
  path = var.golden_template

  lifecycle {
    # One shard's number on another shard's state would plan to destroy that shard's machines.
    precondition {
      condition     = terraform.workspace == "shard-${var.shard}"
      error_message = "This is the workspace ${terraform.workspace}, but the shard is ${var.shard}."
    }
  }
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = var.resource_pool
}

locals {
  # The shard is part of the name, so that names of two shards never collide.
  names = toset([for number in range(1, var.size + 1) : "fleet-${var.shard}-${number}"])
}

resource "vmfork_vsphere_clone" "member" {
  for_each = local.names

  name         = each.key
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
}
