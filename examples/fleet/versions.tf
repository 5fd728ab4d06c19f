terraform {
  required_version = ">= 1.8"

  required_providers {
    vmfork = {
      source = "vmfork/vmfork"
    }
  }

  # The address of PostgreSQL comes from the environment: PG_CONN_STR. Each shard is a workspace with a state and a lock of its own.
  backend "pg" {
    schema_name = "fleet"
  }
}
