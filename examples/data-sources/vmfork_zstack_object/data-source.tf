# The uuids that a clone's arguments take.
data "vmfork_zstack_object" "cluster" {
  type = "cluster"
  name = "cluster-1"
}

data "vmfork_zstack_object" "spread" {
  type = "affinity_group"
  name = "spread"
}

output "cluster_uuid" {
  value = data.vmfork_zstack_object.cluster.uuid # 32 hexadecimal digits
}
