data "vmfork_vsphere_virtual_machine" "web" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

data "vmfork_vsphere_snapshots" "web" {
  vm_id = data.vmfork_vsphere_virtual_machine.web.id
}

# Snapshots that are older than a week.
output "old" {
  value = [
    for snapshot in data.vmfork_vsphere_snapshots.web.snapshots : snapshot.path
    if timecmp(snapshot.created_at, timeadd(plantimestamp(), "-168h")) < 0
  ]
}

# The tree as a Mermaid diagram, for Markdown.
output "tree" {
  value = data.vmfork_vsphere_snapshots.web.mermaid
}
