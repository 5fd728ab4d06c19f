# By managed object id
terraform import vmfork_vsphere_clone.web vm-42

# By inventory path
terraform import vmfork_vsphere_clone.web /DC0/vm/web-1
