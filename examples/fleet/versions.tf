terraform {
  required_version = ">= 1.8"

  required_providers {
    vmfork = {
      source = "vmfork/vmfork"
    }
  }

  # Where PostgreSQL is comes from the environment: PG_CONN_STR. Each shard is a workspace of its own, hence a state and a lock
  # of its own.
  backend "pg" {
    schema_name = "fleet"
  }
}
