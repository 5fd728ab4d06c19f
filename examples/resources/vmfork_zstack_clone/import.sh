# By uuid
terraform import vmfork_zstack_clone.web 20debd9bc9594d70b1ec81d7d31b29cc

# By name, where no other machine has it
terraform import vmfork_zstack_clone.web web-1
