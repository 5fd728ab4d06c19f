package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
)

const (
	zstackGolden = "golden" // the clones' source
	inRecycleBin = "Destroyed"
)

// managementNode is the embedded ZStack, with its control endpoint.
type managementNode struct{ control }

// zstackVM is a VM in the ZStack's inventory.
type zstackVM struct {
	UUID           string `json:"uuid"`
	Name           string `json:"name"`
	State          string `json:"state"`
	RootVolumeUUID string `json:"root_volume_uuid"`
}

// snapshotGroup is a snapshot group in the ZStack's inventory.
type snapshotGroup struct {
	UUID      string `json:"uuid"`
	Name      string `json:"name"`
	VMUUID    string `json:"vm_uuid"`
	Snapshots []struct {
		VolumeUUID string `json:"volume_uuid"`
	} `json:"snapshots"`
}

// environment is what the provider reads instead of arguments: the same variables as ZStack's own provider.
func (n *managementNode) environment() []string {
	host, port, _ := net.SplitHostPort(n.access.Endpoint) // where it is neither, the provider says so

	return []string{
		"ZSTACK_HOST=" + host, "ZSTACK_PORT=" + port,
		"ZSTACK_ACCOUNT_NAME=" + n.access.AccountName, "ZSTACK_ACCOUNT_PASSWORD=" + n.access.Password,
	}
}

// machines returns the VMs in whatever state, by name; those of one name as old as they are.
func (n *managementNode) machines(ctx context.Context) ([]zstackVM, error) {
	var all []zstackVM
	err := n.call(ctx, http.MethodGet, "vms", nil, &all)
	slices.SortStableFunc(all, func(a, b zstackVM) int { return cmp.Compare(a.Name, b.Name) })

	return all, err
}

// made returns the VMs that were not there before the demo.
func (d *demo) made(ctx context.Context) ([]zstackVM, error) {
	all, err := d.zstack.machines(ctx)

	return slices.DeleteFunc(all, func(vm zstackVM) bool { return slices.Contains(d.zstackBefore, vm) }), err
}

func (n *managementNode) change(ctx context.Context, uuid string, to map[string]any) error {
	return n.call(ctx, http.MethodPost, "vms/"+uuid, to, nil)
}

// destroy moves a VM to the recycle bin outside Terraform, as the web interface does.
func (n *managementNode) destroy(ctx context.Context, uuid string) error {
	return n.call(ctx, http.MethodDelete, "vms/"+uuid, nil, nil)
}

func (n *managementNode) snapshotGroups(ctx context.Context) ([]snapshotGroup, error) {
	var all []snapshotGroup
	err := n.call(ctx, http.MethodGet, "snapshot-groups", nil, &all)

	return all, err
}

// zstackConfiguration is what a user would write. Account, password and address come from the environment.
func zstackConfiguration(authority string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

provider "vmfork" {
  zstack = { ca_certificate = %q }
}

variable "names" { type = set(string) }

data "vmfork_zstack_virtual_machine" "golden" { name = %q }

data "vmfork_zstack_object" "spread" {
  type = "affinity_group"
  name = "spread"
}

resource "vmfork_zstack_clone" "web" {
  for_each            = var.names
  name                = each.key
  source_vm_uuid      = data.vmfork_zstack_virtual_machine.golden.uuid
  affinity_group_uuid = data.vmfork_zstack_object.spread.uuid
  power_on            = true
  user_tags           = ["fleet::web"]
}
`, authority, zstackGolden)
}
