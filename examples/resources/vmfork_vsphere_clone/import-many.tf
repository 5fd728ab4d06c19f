# A map of names to inventory paths takes over many machines in one apply.
locals {
  machines = {
    web-1 = "/DC0/vm/web-1"
    web-2 = "/DC0/vm/web-2"
  }
}

import {
  for_each = local.machines
  to       = vmfork_vsphere_clone.web[each.key]
  id       = each.value
}
