data "vmfork_zstack_virtual_machine" "golden" {
  name = "golden"
}

data "vmfork_zstack_object" "spread" {
  type = "affinity_group"
  name = "spread"
}

# Four machines from one golden machine, by one call.
resource "vmfork_zstack_clone" "web" {
  for_each = toset(["web-1", "web-2", "web-3", "web-4"])

  name           = each.key
  source_vm_uuid = data.vmfork_zstack_virtual_machine.golden.uuid
  description    = "Cloned from golden"

  affinity_group_uuid = data.vmfork_zstack_object.spread.uuid
  user_tags           = ["fleet::web"]

  root_volume = {
    provisioning_strategy = "ThinProvisioning"
  }

  # Give the guest time to shut down.
  shutdown_timeout = "2m"

  timeouts = {
    create = "45m"
  }
}

# With its own copies of the data volumes, created but not started, and not kept in the recycle bin.
resource "vmfork_zstack_clone" "standby" {
  name               = "standby"
  source_vm_uuid     = data.vmfork_zstack_virtual_machine.golden.uuid
  strategy           = "CreateStopped"
  full               = true
  expunge_on_destroy = true
}

output "addresses" {
  value = { for name, vm in vmfork_zstack_clone.web : name => vm.ip_addresses }
}
