import {
  to = vmfork_vsphere_instant_clone.runner
  id = "vm-42"
}
