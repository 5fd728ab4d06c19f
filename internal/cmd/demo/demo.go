package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// The clones' source and how long the simulator works on each task: long enough to be watched.
const (
	golden       = "golden-template"
	taskDuration = 2 * time.Second
	// patience ends a poll for something that never comes: it is far longer than anything takes on a busy machine.
	patience = 2 * time.Minute
)

// demo is what the steps share.
type demo struct {
	say    *narrator
	checks *checklist
	folder string

	cliPath   string // the CLI
	provider  string // the provider's binary
	terraform *realcli.Workspace
	simulator *simulator
	vcenter   *vcenter
	zstack    *managementNode

	before []machine // the inventory before Terraform did anything
	clones []machine // the three clones, as the inventory has them after the first apply

	zstackBefore []zstackVM // the ZStack's inventory before Terraform did anything
	zstackClones []zstackVM // the four clones on it, as the inventory has them after the first apply
}

// step is one step of the demo.
type step struct {
	title string
	run   func(context.Context) error
}

// steps are the demo's steps, in order.
func (d *demo) steps() []step {
	return []step{
		{"Plan three clones of " + golden, d.plan},
		{"Apply the plan", d.apply},
		{"Change two clones behind Terraform's back", d.changeByHand},
		{"Plan again: the drift is seen", d.planDrift},
		{"Apply: the drift is repaired", d.repair},
		{"Press Ctrl-C in the middle of a fourth clone", d.interrupt},
		{"Press Ctrl-C while vCenter does not react to the cancellation", d.interruptUnanswered},
		{"Apply again: the machine that came to be is adopted", d.adopt},
		{"Clone a machine with processors, memory, a network and disks of its own", d.equip},
		{"Freeze a running machine and make five instant clones of it", d.forkRunning},
		{"Take a snapshot of web-1 before a change", d.snapshot},
		{"Link two machines to that snapshot", d.link},
		{"Protect web-2 with a fault-tolerance secondary", d.protect},
		{"Destroy everything", d.destroy},
		{"On ZStack: make four clones of " + zstackGolden + " by shared calls", d.cloneOnZStack},
		{"Change two of them behind Terraform's back, and repair them", d.repairOnZStack},
		{"Take a snapshot group of web-1, with all its volumes", d.snapshotOnZStack},
		{"Destroy web-2 by hand: the recycle bin keeps it, Terraform makes a new one", d.recycleOnZStack},
		{"Destroy everything on ZStack", d.destroyOnZStack},
	}
}

// prepare builds both programs, starts the simulator, and initializes a working folder.
func (d *demo) prepare(ctx context.Context) error {
	d.provider = d.path("terraform-provider-vmfork")
	program := d.path("simulator")
	d.say.done("building; the first time takes a minute or two")
	if err := realcli.Build(ctx, "", d.provider); err != nil {
		return fmt.Errorf("build the provider: %w", err)
	}
	d.say.done("built the provider")
	if err := realcli.Build(ctx, "internal/cmd/simulator", program); err != nil {
		return fmt.Errorf("build the simulator: %w", err)
	}
	d.say.done("built the simulator: an embedded vCenter and an embedded ZStack management node")
	var err error
	if d.cliPath, err = realcli.Find(ctx, d.path("cli")); err != nil {
		return fmt.Errorf("find a CLI: %w", err)
	}
	if d.simulator, err = startSimulator(ctx, program, d.folder); err != nil {
		return err
	}
	d.vcenter, d.zstack = d.simulator.vcenter, d.simulator.zstack
	if err := d.initialize(ctx); err != nil {
		return fmt.Errorf("%w%s", err, because(d.simulator.stop()))
	}

	return nil
}

func because(err error) string {
	if err == nil {
		return ""
	}

	return " (" + err.Error() + ")"
}

func (d *demo) initialize(ctx context.Context) error {
	d.say.done("the vCenter serves HTTPS on %s, the ZStack on %s; %s will speak to them",
		d.vcenter.access.Endpoint, d.zstack.access.Endpoint, d.cliPath)
	err := d.workIn(ctx, "vsphere", d.vcenter.environment(), configuration(d.vcenter.access.Thumbprint), names)
	if err != nil {
		return err
	}
	d.before, err = d.vcenter.machines(ctx)

	return err
}

// workIn prepares a working folder with a configuration and the clones that it asks for. The CLI works there from now on.
func (d *demo) workIn(ctx context.Context, name string, environment []string, configuration string, clones []string) error {
	folder := d.path(name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("make a working folder: %w", err)
	}
	var err error
	if d.terraform, err = realcli.NewWorkspace(folder, d.cliPath, d.provider); err != nil {
		return fmt.Errorf("prepare the working folder: %w", err)
	}
	d.terraform.Env = environment
	if err := d.terraform.Write("main.tf", configuration); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := d.wantNames(clones...); err != nil {
		return err
	}
	// What init says of lock files does not concern a working folder that is thrown away.
	result, err := d.terraform.Run(ctx, "init", "-no-color")
	if err != nil {
		return fmt.Errorf("run init: %w", err)
	}
	if result.ExitCode != 0 {
		return fmt.Errorf("init exited with %d:\n%s", result.ExitCode, result.Output)
	}

	return nil
}

// wantNames says which clones the configuration asks for from now on.
func (d *demo) wantNames(names ...string) error {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	if err := d.terraform.Write("names.auto.tfvars", "names = ["+strings.Join(quoted, ", ")+"]\n"); err != nil {
		return fmt.Errorf("write the names: %w", err)
	}

	return nil
}

// configuration is what a user would write. User, password and address come from the environment.
func configuration(thumbprint string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

provider "vmfork" {
  vsphere = { thumbprint = %q }
}

variable "names" { type = set(string) }

data "vmfork_vsphere_virtual_machine" "golden" { path = "/DC0/vm/%s" }

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

resource "vmfork_vsphere_clone" "web" {
  for_each     = var.names
  name         = each.key
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
}
`, thumbprint, golden)
}

// named returns the machines of that name in the inventory.
func (d *demo) named(ctx context.Context, name string) ([]machine, error) {
	machines, err := d.vcenter.machines(ctx)

	return slices.DeleteFunc(machines, func(m machine) bool { return m.Name != name }), err
}
