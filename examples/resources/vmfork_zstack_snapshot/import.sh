# By the uuid of the snapshot group
terraform import vmfork_zstack_snapshot.before 6d3f9f0c1b7e4a52a2c6d1a0e5b4c3f2

# By the uuid of the machine and the name of the group
terraform import vmfork_zstack_snapshot.running "20debd9bc9594d70b1ec81d7d31b29cc/running"
