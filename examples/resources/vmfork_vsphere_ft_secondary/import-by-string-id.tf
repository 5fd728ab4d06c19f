import {
  to = vmfork_vsphere_ft_secondary.database
  id = "vm-42" # the primary
}
