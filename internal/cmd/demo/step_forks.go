package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// The machine that is forked while it runs, and how often.
const (
	running = "DC0_C0_RP0_VM0"
	runners = 5
)

// forks is what the configuration gains after the clones: each scene adds one part.
var forks = map[string]string{
	"hardware.tf": `data "vmfork_vsphere_object" "network" {
  type = "network"
  path = "/DC0/network/VM Network"
}

resource "vmfork_vsphere_clone" "db" {
  name               = "db-1"
  source_vm_id       = data.vmfork_vsphere_virtual_machine.golden.id
  placement          = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  cpu                = { count = 4 }
  memory             = { size_mib = 2048 }
  network_interfaces = { "Network adapter 1" = { network_id = data.vmfork_vsphere_object.network.id } }
  disks_to_update    = { "2000" = { capacity_gib = 40 } }
  disks_to_add       = { data = { capacity_gib = 100 } }
}
`,
	"runners.tf": fmt.Sprintf(`data "vmfork_vsphere_virtual_machine" "running" { path = "/DC0/vm/%s" }

resource "vmfork_vsphere_instant_clone" "runner" {
  count              = %d
  name               = "runner-${count.index + 1}"
  source_vm_id       = data.vmfork_vsphere_virtual_machine.running.id
  network_interfaces = { "4000" = { network_id = data.vmfork_vsphere_object.network.id } }
  extra_config       = { "guestinfo.runner" = "runner-${count.index + 1}" }
}
`, running, runners),
	"snapshot.tf": `resource "vmfork_vsphere_snapshot" "before" {
  vm_id       = vmfork_vsphere_clone.web["web-1"].id
  name        = "100% before the upgrade"
  description = "Taken before the upgrade"
}
`,
	"linked.tf": `resource "vmfork_vsphere_clone" "linked" {
  for_each     = toset(["linked-1", "linked-2"])
  name         = each.key
  source_vm_id = vmfork_vsphere_clone.web["web-1"].id
  snapshot_id  = vmfork_vsphere_snapshot.before.id
  linked       = true
}
`,
	"protection.tf": `resource "vmfork_vsphere_ft_secondary" "web" {
  primary_vm_id = vmfork_vsphere_clone.web["web-2"].id
}
`,
}

// add adds one part to the configuration and applies it.
func (d *demo) add(ctx context.Context, file string) error {
	if err := d.terraform.Write(file, forks[file]); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}

	return d.succeed(ctx, "apply", "-auto-approve")
}

// equip clones a machine of the template with hardware of its own.
func (d *demo) equip(ctx context.Context) error {
	before, err := d.vcenter.clonings(ctx)
	if err != nil {
		return err
	}
	if err := d.add(ctx, "hardware.tf"); err != nil {
		return err
	}
	after, err := d.vcenter.clonings(ctx)
	if err != nil {
		return err
	}
	source, err := d.vcenter.details(ctx, golden)
	if err != nil {
		return err
	}
	made, err := d.vcenter.details(ctx, "db-1")
	if err != nil {
		return err
	}
	if len(source) != 1 || len(made) != 1 {
		return fmt.Errorf("the inventory has %d of %s and %d of db-1", len(source), golden, len(made))
	}
	d.checks.that(made[0].CPUs == 4 && made[0].MemoryMiB == 2048, "db-1 has 4 processors and 2048 MiB of memory")
	d.checks.that(len(made[0].NetworkIDs) == 1 && !slices.Equal(made[0].NetworkIDs, source[0].NetworkIDs), "it is on another network than %s", golden)
	d.checks.that(made[0].Disks["2000"].CapacityBytes == 40<<30 && len(made[0].Disks) == len(source[0].Disks)+1,
		"its first disk has grown to 40 GiB, and it has one disk more than %s", golden)
	d.checks.that(len(after) == len(before)+1, "all by one task: it never existed without them")

	return d.plansEmpty(ctx)
}

// forkRunning freezes a machine that runs, and makes instant clones of it.
func (d *demo) forkRunning(ctx context.Context) error {
	source, err := d.vcenter.details(ctx, running)
	if err != nil {
		return err
	}
	if len(source) != 1 {
		return fmt.Errorf("the inventory has %d of %s", len(source), running)
	}
	if err := d.vcenter.change(ctx, source[0].ID, map[string]any{"instant_clone_frozen": true}); err != nil {
		return err
	}
	d.say.done("%s freezes itself in its guest, ready to be forked", running)
	if err := d.add(ctx, "runners.tf"); err != nil {
		return err
	}

	forked, err := d.vcenter.details(ctx, "runner-")
	if err != nil {
		return err
	}
	d.checks.that(len(forked) == runners, "the inventory has %d runners", runners)
	d.checks.that(!slices.ContainsFunc(forked, func(m detailed) bool {
		return m.PowerState != "poweredOn" || m.HostID != source[0].HostID || m.Disks["2000"].ParentFile == ""
	}), "each of them runs already, on the host and on the disk of %s", running)
	d.checks.that(!slices.ContainsFunc(forked, func(m detailed) bool { return m.ExtraConfig["guestinfo.runner"] != m.Name }),
		"each guest reads its own name in its guestinfo")

	return d.plansEmpty(ctx)
}

// snapshot takes a snapshot of a clone.
func (d *demo) snapshot(ctx context.Context) error {
	before, err := d.vcenter.details(ctx, names[0])
	if err != nil {
		return err
	}
	if err := d.add(ctx, "snapshot.tf"); err != nil {
		return err
	}
	now, err := d.vcenter.details(ctx, names[0])
	if err != nil {
		return err
	}
	d.checks.that(len(before) == 1 && len(now) == 1 && now[0].ID == before[0].ID && now[0].Disks["2000"].ParentFile == before[0].Disks["2000"].File,
		"%s writes to a new disk now, and the old one is kept as it was", names[0])

	return d.plansEmpty(ctx)
}

// link makes two linked clones of the snapshot.
func (d *demo) link(ctx context.Context) error {
	if err := d.add(ctx, "linked.tf"); err != nil {
		return err
	}
	source, err := d.vcenter.details(ctx, names[0])
	if err != nil {
		return err
	}
	linked, err := d.vcenter.details(ctx, "linked-")
	if err != nil {
		return err
	}
	d.checks.that(len(source) == 1 && len(linked) == 2 && !slices.ContainsFunc(linked, func(m detailed) bool {
		return len(m.Disks) != len(source[0].Disks) || slices.ContainsFunc(slices.Collect(maps.Keys(m.Disks)), func(key string) bool {
			return m.Disks[key].ParentFile != source[0].Disks[key].ParentFile
		})
	}), "a linked pair stands on the disks of the snapshot: nothing was copied")

	return d.plansEmpty(ctx)
}

// protect gives a clone a fault-tolerance secondary.
func (d *demo) protect(ctx context.Context) error {
	if err := d.add(ctx, "protection.tf"); err != nil {
		return err
	}
	pair, err := d.vcenter.details(ctx, names[1])
	if err != nil {
		return err
	}
	roles, hosts := map[string]bool{}, map[string]bool{}
	for _, member := range pair {
		hosts[member.HostID] = true
		if member.FaultTolerance != nil {
			roles[member.FaultTolerance.Role] = member.FaultTolerance.State == "running"
		}
	}
	d.checks.that(len(pair) == 2 && len(hosts) == 2, "%s has a second half, on another host", names[1])
	d.checks.that(roles["primary"] && roles["secondary"], "both halves of the pair run")

	return d.plansEmpty(ctx)
}
