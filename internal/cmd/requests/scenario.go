package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
)

// scenario is a configuration of n objects of one resource, and the vCenter that it is applied to.
type scenario struct {
	options func(n int) vspheresim.Options
	prepare func(server *vspheresim.Server) error
	body    string // with the count as its one argument
	// machines asks for the ids of the simulator's own machines in front of the body, as local.machines.
	machines bool
}

// scenarios are the resources that can be counted, by their type without the provider's name.
var scenarios = map[string]scenario{
	"vsphere_clone": {
		body: `data "vmfork_vsphere_virtual_machine" "golden" { path = "/DC0/vm/golden-template" }

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

resource "vmfork_vsphere_clone" "counted" {
  count        = %d
  name         = "counted-${count.index}"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
}
`,
	},
	"vsphere_instant_clone": {
		prepare: func(server *vspheresim.Server) error {
			source, _ := server.VM(firstVM)

			return server.ChangeVM(source.ID, vspheresim.Change{InstantCloneFrozen: new(true)})
		},
		body: `data "vmfork_vsphere_virtual_machine" "frozen" { path = "/DC0/vm/` + firstVM + `" }

resource "vmfork_vsphere_instant_clone" "counted" {
  count              = %d
  name               = "counted-${count.index}"
  source_vm_id       = data.vmfork_vsphere_virtual_machine.frozen.id
  network_interfaces = { "4000" = { start_connected = false, connected = false } }
  extra_config       = { "guestinfo.name" = "counted-${count.index}" }
}
`,
	},
	"vsphere_instant_clone_sources": {
		options: func(int) vspheresim.Options { return vspheresim.Options{VMs: sources} },
		prepare: func(server *vspheresim.Server) error {
			for _, vm := range server.VMs() {
				if vm.Template {
					continue
				}
				if err := server.ChangeVM(vm.ID, vspheresim.Change{InstantCloneFrozen: new(true)}); err != nil {
					return err
				}
			}

			return nil
		},
		machines: true,
		body: `resource "vmfork_vsphere_instant_clone" "counted" {
  count              = %d
  name               = "counted-${count.index}"
  source_vm_id       = local.machines[count.index %% length(local.machines)]
  network_interfaces = { "4000" = { start_connected = false, connected = false } }
  extra_config       = { "guestinfo.name" = "counted-${count.index}" }
}
`,
	},
	"vsphere_ft_secondary": {
		options: func(n int) vspheresim.Options { return vspheresim.Options{VMs: n} },
		prepare: func(server *vspheresim.Server) error {
			return server.ChangeCluster(server.ID("/DC0/host/DC0_C0"), vspheresim.ClusterChange{FaultTolerantVMsPerHost: new(0)})
		},
		machines: true,
		body: `resource "vmfork_vsphere_ft_secondary" "counted" {
  count         = %d
  primary_vm_id = local.machines[count.index]
}
`,
	},
	"vsphere_snapshot": {
		options:  func(n int) vspheresim.Options { return vspheresim.Options{VMs: n} },
		machines: true,
		body: `resource "vmfork_vsphere_snapshot" "counted" {
  count = %d
  vm_id = local.machines[count.index]
  name  = "counted"
}
`,
	},
}

// sources is how many frozen VMs a fleet of instant clones is made of: vCenter makes one at a time of each.
const sources = 10

// firstVM is a VM of the simulator's inventory that runs.
const firstVM = "DC0_C0_RP0_VM0"

// names lists the scenarios.
func names() string { return strings.Join(slices.Sorted(maps.Keys(scenarios)), ", ") }

// start starts the embedded vCenter of the scenario.
func (c scenario) start(s settings) (*vspheresim.Server, error) {
	var options vspheresim.Options
	if c.options != nil {
		options = c.options(s.n)
	}
	options.TaskDuration, options.Latency = s.task, s.latency
	server, err := vspheresim.Start(options)
	if err != nil {
		return nil, fmt.Errorf("starting the embedded vCenter: %w", err)
	}
	if c.prepare != nil {
		if err := c.prepare(server); err != nil {
			server.Close()

			return nil, fmt.Errorf("preparing the embedded vCenter: %w", err)
		}
	}

	return server, nil
}

// configuration is the scenario's, with the provider's.
func (c scenario) configuration(server *vspheresim.Server, n int) string {
	var locals string
	if c.machines {
		var ids []string
		for _, vm := range server.VMs() {
			if !vm.Template {
				ids = append(ids, fmt.Sprintf("%q", vm.ID))
			}
		}
		locals = fmt.Sprintf("locals {\n  machines = [%s]\n}\n\n", strings.Join(ids, ", "))
	}

	return fmt.Sprintf(`terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

provider "vmfork" {
  vsphere = { thumbprint = %q }
}

`, server.Thumbprint()) + locals + fmt.Sprintf(c.body, n)
}
