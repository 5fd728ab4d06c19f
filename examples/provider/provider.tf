terraform {
  required_providers {
    vmfork = {
      source  = "vmfork/vmfork"
      version = "~> 0.1"
    }
  }
}

# Everything may come from the environment instead: VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD.
provider "vmfork" {
  vsphere = {
    endpoint = "vcenter.example.com"
    username = "ci@vsphere.local"
    password = var.vsphere_password
  }
}

variable "vsphere_password" {
  type      = string
  sensitive = true
}
