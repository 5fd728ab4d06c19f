data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
}

data "vmfork_vsphere_object" "folder" {
  type = "folder"
  path = "/DC0/vm"
}

data "vmfork_vsphere_object" "cluster" {
  type = "cluster"
  path = "/DC0/host/DC0_C0"
}

data "vmfork_vsphere_object" "host" {
  type = "host"
  path = "/DC0/host/DC0_C0/DC0_C0_H1"
}

data "vmfork_vsphere_object" "fast" {
  type = "datastore"
  path = "/DC0/datastore/LocalDS_1"
}

# Where vSphere chooses well, say less: a cluster with DRS needs no host.
resource "vmfork_vsphere_clone" "cache" {
  name         = "cache"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id

  placement = {
    folder_id    = data.vmfork_vsphere_object.folder.id
    cluster_id   = data.vmfork_vsphere_object.cluster.id
    host_id      = data.vmfork_vsphere_object.host.id
    datastore_id = data.vmfork_vsphere_object.fast.id
  }
}
