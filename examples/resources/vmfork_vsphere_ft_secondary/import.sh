# By the primary's managed object id
terraform import vmfork_vsphere_ft_secondary.database vm-42

# By the primary's inventory path
terraform import vmfork_vsphere_ft_secondary.database /DC0/vm/database
