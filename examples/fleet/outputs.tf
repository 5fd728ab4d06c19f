output "machines" {
  description = "Managed object id of each machine of the shard, by name."
  value       = { for name, machine in vmfork_vsphere_clone.member : name => machine.id }
}
