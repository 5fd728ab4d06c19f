terraform {
  required_providers {
    vmfork = {
      source  = "vmfork/vmfork"
      version = "~> 0.1"
    }
  }
}

# Give the blocks of the platforms that you use. Their values can come from the environment instead: VSPHERE_SERVER,
# VSPHERE_USER, VSPHERE_PASSWORD; ZSTACK_HOST, ZSTACK_ACCOUNT_NAME, ZSTACK_ACCOUNT_PASSWORD.
provider "vmfork" {
  vsphere = {
    endpoint = "vcenter.example.com"
    username = "ci@vsphere.local"
    password = var.vsphere_password
  }

  zstack = {
    endpoint     = "zstack.example.com"
    account_name = "ci"
    password     = var.zstack_password
  }
}

variable "vsphere_password" {
  type      = string
  sensitive = true
}

variable "zstack_password" {
  type      = string
  sensitive = true
}
