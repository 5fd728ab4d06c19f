variable "shard" {
  description = "Number of the shard that this run works on, from 1. Its state is the workspace shard-<number>."
  type        = number

  validation {
    condition     = var.shard >= 1 && floor(var.shard) == var.shard
    error_message = "A shard is a whole number from 1."
  }
}

variable "size" {
  description = "Number of machines a shard has."
  type        = number
  default     = 10
}

variable "golden_template" {
  description = "Inventory path of the machine or template to clone."
  type        = string
  default     = "/DC0/vm/golden-template"
}

variable "resource_pool" {
  description = "Inventory path of the resource pool for the machines."
  type        = string
  default     = "/DC0/host/DC0_C0/Resources"
}

variable "max_concurrent_tasks" {
  description = "Tasks that one runner has in flight on vCenter at a time. All runners together have this many times the number of runners."
  type        = number
  default     = 3
}
