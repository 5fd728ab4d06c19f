# A running machine. Freeze it in its guest first: vmware-rpctool "instantclone.freeze".
data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

data "vmfork_vsphere_object" "network" {
  type = "network"
  path = "/DC0/network/VM Network"
}

# Five forks of it within seconds, each on another network and with a name of its own.
resource "vmfork_vsphere_instant_clone" "runner" {
  count = 5

  name         = "runner-${count.index + 1}"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id

  # By device key, or by label: "Network adapter 1".
  network_interfaces = {
    "4000" = {
      network_id = data.vmfork_vsphere_object.network.id
    }
  }

  # What the guest reads with: vmware-rpctool "info-get guestinfo.hostname".
  extra_config = {
    "guestinfo.hostname" = "runner-${count.index + 1}"
  }

  # Wait until VMware Tools report an address.
  wait_for_guest_ip = "5m"

  timeouts = {
    create = "10m"
  }
}

output "addresses" {
  value = { for vm in vmfork_vsphere_instant_clone.runner : vm.name => vm.guest_ip_addresses }
}
