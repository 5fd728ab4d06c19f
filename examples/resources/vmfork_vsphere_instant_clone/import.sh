# By managed object id
terraform import vmfork_vsphere_instant_clone.runner vm-42

# By inventory path
terraform import vmfork_vsphere_instant_clone.runner /DC0/vm/runner-1
