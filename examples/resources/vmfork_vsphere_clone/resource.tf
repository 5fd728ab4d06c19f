data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

# Three machines from one golden template.
resource "vmfork_vsphere_clone" "web" {
  for_each = toset(["web-1", "web-2", "web-3"])

  name         = each.key
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  power_on     = true

  # What you leave out stays as the source has it. A template has no resource pool.
  placement = {
    resource_pool_id = data.vmfork_vsphere_object.pool.id
  }

  guest_customization_spec = {
    name = "linux"
  }

  # Wait until VMware Tools report an address, and give the guest time to shut down.
  wait_for_guest_ip = "5m"
  shutdown_timeout  = "2m"

  timeouts = {
    create = "45m"
  }
}

output "addresses" {
  value = { for name, vm in vmfork_vsphere_clone.web : name => vm.guest_ip_addresses }
}
