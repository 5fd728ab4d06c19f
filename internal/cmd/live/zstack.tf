terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

variable "prefix" { type = string }
variable "source_uuid" { type = string }
variable "renamed" { type = bool }
variable "make" { type = set(string) }

provider "vmfork" {
  zstack = {}
}

# None of them is started: they disturb nobody.
resource "vmfork_zstack_clone" "clone" {
  count = contains(var.make, "clone") ? 1 : 0

  name               = "${var.prefix}-${var.renamed ? "renamed" : "clone"}"
  source_vm_uuid     = var.source_uuid
  strategy           = "CreateStopped"
  expunge_on_destroy = true
}

resource "vmfork_zstack_clone" "two" {
  for_each = contains(var.make, "two") ? toset(["a", "b"]) : []

  name               = "${var.prefix}-${each.key}"
  source_vm_uuid     = var.source_uuid
  strategy           = "CreateStopped"
  expunge_on_destroy = true
}

resource "vmfork_zstack_snapshot" "snapshot" {
  count = contains(var.make, "snapshot") ? 1 : 0

  vm_uuid = vmfork_zstack_clone.clone[0].id
  name    = "${var.prefix}-before"
}

resource "vmfork_zstack_clone" "interrupted" {
  count = contains(var.make, "interrupted") ? 1 : 0

  name               = "${var.prefix}-interrupted"
  source_vm_uuid     = var.source_uuid
  strategy           = "CreateStopped"
  expunge_on_destroy = true
}
