terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

variable "prefix" { type = string }
variable "source_path" { type = string }
variable "folder_path" { type = string }
variable "renamed" { type = bool }
variable "moved" { type = bool }
variable "make" { type = set(string) }

provider "vmfork" {
  vsphere = {}
}

data "vmfork_vsphere_virtual_machine" "source" {
  path = var.source_path
}

data "vmfork_vsphere_object" "folder" {
  type = "folder"
  path = var.folder_path
}

data "vmfork_vsphere_object" "moved" {
  type = "folder"
  path = "${var.folder_path}/${var.prefix}-moved"
}

resource "vmfork_vsphere_clone" "clone" {
  count = contains(var.make, "clone") ? 1 : 0

  name         = "${var.prefix}-${var.renamed ? "renamed" : "clone"}"
  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id
  power_on     = false
  placement = {
    folder_id = var.moved ? data.vmfork_vsphere_object.moved.id : data.vmfork_vsphere_object.folder.id
  }
}

resource "vmfork_vsphere_clone" "template" {
  count = contains(var.make, "template") ? 1 : 0

  name         = "${var.prefix}-template"
  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id
  template     = true
  placement    = { folder_id = data.vmfork_vsphere_object.folder.id }
}

resource "vmfork_vsphere_clone" "from_template" {
  count = contains(var.make, "from_template") ? 1 : 0

  name         = "${var.prefix}-from-template"
  source_vm_id = vmfork_vsphere_clone.template[0].id
  power_on     = false
  placement = {
    folder_id        = data.vmfork_vsphere_object.folder.id
    resource_pool_id = data.vmfork_vsphere_virtual_machine.source.resource_pool_id
    host_id          = data.vmfork_vsphere_virtual_machine.source.host_id
  }
}

resource "vmfork_vsphere_snapshot" "snapshot" {
  count = contains(var.make, "snapshot") ? 1 : 0

  vm_id = vmfork_vsphere_clone.clone[0].id
  name  = "before 50% a/b"
}

# It runs, so that it can be forked; without its network, so that it disturbs nobody.
resource "vmfork_vsphere_clone" "running" {
  count = contains(var.make, "running") ? 1 : 0

  name         = "${var.prefix}-running"
  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id
  power_on     = true
  placement    = { folder_id = data.vmfork_vsphere_object.folder.id }
  network_interfaces = {
    for key in keys(data.vmfork_vsphere_virtual_machine.source.network_interfaces) : key => { start_connected = false }
  }
}

resource "vmfork_vsphere_instant_clone" "fork" {
  count = contains(var.make, "fork") ? 1 : 0

  name         = "${var.prefix}-fork"
  source_vm_id = vmfork_vsphere_clone.running[0].id
  extra_config = { "guestinfo.hostname" = "fork" }
  placement    = { folder_id = data.vmfork_vsphere_object.folder.id }
}

resource "vmfork_vsphere_clone" "interrupted" {
  count = contains(var.make, "interrupted") ? 1 : 0

  name         = "${var.prefix}-interrupted"
  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id
  power_on     = false
  placement    = { folder_id = data.vmfork_vsphere_object.folder.id }
}
