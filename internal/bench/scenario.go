package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// scenario is a configuration of n objects of one resource, and the platform that it is applied to. Its variable "changed" changes
// one attribute of each object in place.
type scenario struct {
	start func(c Case, vms int) (*platform, error)
	body  string // with the count as its one argument
	// machines returns the number of VMs that the platform starts with, whose ids are the body's local.machines. nil: the
	// platform's default number, and no ids.
	machines func(n int) int
	// source is the name of the one VM that objects are made of where machines is nil and the floor has to know it.
	source string
	// oneAtATime says that the platform makes one object at a time: large numbers take too long to be run unasked.
	oneAtATime bool
}

// pool is the resource pool that clones are made in.
const pool = `
data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}
`

// scenarios are what can be measured.
var scenarios = map[string]scenario{
	"vsphere_clone": {
		start: onVSphere,
		body: `data "vmfork_vsphere_virtual_machine" "golden" { path = "/DC0/vm/` + firstVM + `" }
` + pool + `
resource "vmfork_vsphere_clone" "counted" {
  count        = %d
  name         = "counted-${count.index}${local.changed}"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
}
`,
	},
	"vsphere_clone_template": {
		start: onVSphere,
		body: `data "vmfork_vsphere_virtual_machine" "golden" { path = "/DC0/vm/golden-template" }
` + pool + `
data "vmfork_vsphere_object" "network" {
  type = "network"
  path = "/DC0/network/VM Network"
}

resource "vmfork_vsphere_clone" "counted" {
  count              = %d
  name               = "counted-${count.index}${local.changed}"
  source_vm_id       = data.vmfork_vsphere_virtual_machine.golden.id
  placement          = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on           = true
  cpu                = { count = 2 }
  memory             = { size_mib = 2048 }
  annotation         = "counted"
  network_interfaces = { "4000" = { network_id = data.vmfork_vsphere_object.network.id } }
  disks_to_update    = { "2000" = { capacity_gib = 20 } }
}
`,
	},
	"vsphere_instant_clone": {
		start:      onFrozenVM,
		source:     firstVM,
		oneAtATime: true,
		body: `data "vmfork_vsphere_virtual_machine" "frozen" { path = "/DC0/vm/` + firstVM + `" }

resource "vmfork_vsphere_instant_clone" "counted" {
  count              = %d
  name               = "counted-${count.index}${local.changed}"
  source_vm_id       = data.vmfork_vsphere_virtual_machine.frozen.id
  network_interfaces = { "4000" = { start_connected = false, connected = false } }
  extra_config       = { "guestinfo.name" = "counted-${count.index}" }
}
`,
	},
	"vsphere_instant_clone_sources": {
		start:    onFrozenVMs,
		machines: func(int) int { return sources },
		body: `resource "vmfork_vsphere_instant_clone" "counted" {
  count              = %d
  name               = "counted-${count.index}${local.changed}"
  source_vm_id       = local.machines[count.index %% length(local.machines)]
  network_interfaces = { "4000" = { start_connected = false, connected = false } }
  extra_config       = { "guestinfo.name" = "counted-${count.index}" }
}
`,
	},
	"vsphere_ft_secondary": {
		start:    onLargeHosts,
		machines: each,
		body: `resource "vmfork_vsphere_ft_secondary" "counted" {
  count         = %d
  primary_vm_id = local.machines[count.index]
  enabled       = !var.changed
}
`,
	},
	"vsphere_snapshot": {
		start:    onVSphere,
		machines: each,
		body: `resource "vmfork_vsphere_snapshot" "counted" {
  count       = %d
  vm_id       = local.machines[count.index]
  name        = "counted"
  description = var.changed ? "changed" : "counted"
}
`,
	},
	"zstack_clone": {
		start: onZStack,
		body: `data "vmfork_zstack_virtual_machine" "golden" { name = "golden" }

resource "vmfork_zstack_clone" "counted" {
  count          = %d
  name           = "counted-${count.index}"
  description    = var.changed ? "changed" : null
  source_vm_uuid = data.vmfork_zstack_virtual_machine.golden.uuid
}
`,
	},
	"zstack_snapshot": {
		start:    onZStack,
		machines: each,
		body: `resource "vmfork_zstack_snapshot" "counted" {
  count       = %d
  vm_uuid     = local.machines[count.index]
  name        = "counted"
  description = var.changed ? "changed" : "counted"
}
`,
	},
}

// each wants a VM for each resource.
func each(n int) int { return n }

// sources is how many frozen VMs a fleet of instant clones is made of: vCenter makes one at a time of each.
const sources = 10

// firstVM is a VM of the simulator's inventory that runs.
const firstVM = "DC0_C0_RP0_VM0"

// Scenarios lists what can be measured: the resources by their type without the provider's name, and variants of them.
func Scenarios() []string { return slices.Sorted(maps.Keys(scenarios)) }

// vms is how many VMs the platform starts with; 0 means its own choice.
func (c scenario) vms(n int) int {
	if c.machines != nil {
		return c.machines(n)
	}

	return 0
}

// configuration is the scenario's, with the provider's.
func (c scenario) configuration(on *platform, n int) string {
	locals := "  changed = var.changed ? \"-changed\" : \"\"\n"
	if c.machines != nil {
		var ids []string
		for _, id := range on.machines() {
			ids = append(ids, fmt.Sprintf("%q", id))
		}
		locals += fmt.Sprintf("  machines = [%s]\n", strings.Join(ids, ", "))
	}

	return fmt.Sprintf(`terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

provider "vmfork" {
%s}

variable "changed" {
  type    = bool
  default = false
}

locals {
%s}

`, on.provider, locals) + fmt.Sprintf(c.body, n)
}
