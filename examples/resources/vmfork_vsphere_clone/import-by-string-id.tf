import {
  to = vmfork_vsphere_clone.web
  id = "vm-42"
}
