package vsphereclone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// sourceDisks checks the sizes of the source's disks in the clone, and the places of those that are added.
func (c *checks) sourceDisks(source *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, key := range slices.Sorted(maps.Keys(vmdisks.UpdatesIn(c.plan.DisksToUpdate))) {
		wanted, present := c.plan.wantedDisks()[key], source.Disks[key]
		at := path.Root(wanted.Argument).AtMapKey(key).AtName("capacity_gib")
		switch {
		case present.CapacityBytes == 0:
		case wanted.Shrinks(present):
			diags.Append(shrinks(at, key, present))
		case wanted.Grows(present) && c.plan.Linked.ValueBool():
			diags.Append(tfdiag.Conflict(at, fmt.Sprintf("The linked disk %s can't grow", key),
				fmt.Sprintf("It stands on the source's file and has %s GiB, as that. Take capacity_gib out, or clone in full: linked = false",
					vmdisks.InGiB(present.CapacityBytes))))
		}
	}

	return append(diags, c.diskPlaces(source)...)
}

func shrinks(at path.Path, key string, present vsphere.Disk) diag.Diagnostic {
	return tfdiag.Conflict(at, fmt.Sprintf("The disk %s can't shrink", key),
		fmt.Sprintf("%s has %s GiB, and vSphere only lets disks grow. Set capacity_gib to that or more", present.Label, vmdisks.InGiB(present.CapacityBytes)))
}

// diskPlaces checks that there are places for the disks that are added.
func (c *checks) diskPlaces(to *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	added := vmdisks.AddedIn(c.plan.DisksToAdd)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		slot, known := added[name].Slot()
		if known && !added[name].HasKey() && !slot.Possible() {
			diags.Append(tfdiag.Conflict(path.Root("disks_to_add").AtMapKey(name).AtName("unit_number"), fmt.Sprintf("No machine has a place %s", slot),
				"SCSI controllers have the units 0 to 15 without 7 (to 63 for newer paravirtual ones), NVMe 0 to 14 (to 63 on newer hardware), SATA 0 to "+
					"29, IDE 0 and 1"))
		}
	}
	if _, err := vmdisks.InSlots(c.plan.DisksToAdd, to.Slots()); err != nil {
		refused, _ := errors.AsType[*vmdisks.SlotError](err)
		diags.Append(tfdiag.Conflict(path.Root("disks_to_add").AtMapKey(refused.Name), fmt.Sprintf("There is no place for the disk %q", refused.Name),
			refused.Error()+". Give another controller or unit_number, or leave them out"))
	}

	return diags
}

// ownDisks checks what the plan changes of the machine's disks against what vSphere can change. The machine is read only where something
// changes.
func (c *checks) ownDisks(ctx context.Context) diag.Diagnostics {
	if c.plan.DisksToUpdate.Equal(c.prior.DisksToUpdate) && c.plan.DisksToAdd.Equal(c.prior.DisksToAdd) {
		return nil
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	if err != nil {
		return c.Skipped("that the machine's disks can be changed", err)
	}
	var diags diag.Diagnostics
	wanted := c.plan.wantedDisks()
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		one := wanted[key]
		at := path.Root(one.Argument).AtMapKey(one.Name)
		present, there := found.Disks[key]
		if !there {
			diags.Append(tfdiag.RemovedDevice(at, c.prior.InWords(), "disk", key, vmdisks.Labels(found.Disks)))

			continue
		}
		diags.Append(c.diskChange(at, key, one, present)...)
	}
	dropped := vmdisks.Dropped(c.prior.DisksToAdd, c.plan.DisksToAdd)
	diags.Append(c.hotPlugged(found, dropped)...)
	for _, key := range slices.Sorted(maps.Keys(dropped)) {
		diags.Append(tfdiag.Caution(path.Root("disks_to_add"), fmt.Sprintf("The disk %q is deleted", dropped[key]),
			fmt.Sprintf("It is not in the configuration any more: the apply removes it (%s, %s GiB) from the machine, and deletes its file", found.Disks[key].Label,
				vmdisks.InGiB(found.Disks[key].CapacityBytes))))
	}

	return append(diags, c.diskPlaces(found)...)
}

// hotPlugged returns an error for each disk that would be added to an IDE controller of a running machine, or removed from one: dropped are those
// that are removed, by key.
func (c *checks) hotPlugged(found *vsphere.VirtualMachine, dropped map[string]string) diag.Diagnostics {
	if !vm.Runs(c.change()) {
		return nil
	}
	var diags diag.Diagnostics
	refuse := func(at path.Path, name string) {
		diags.Append(tfdiag.NeedsPowerOff(at, c.prior.InWords(), fmt.Sprintf("the disk %q, on an IDE controller,", name)))
	}
	added := vmdisks.AddedIn(c.plan.DisksToAdd)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		if one := added[name]; !one.HasKey() && onIDE(one.Controller.ValueString()) {
			refuse(path.Root("disks_to_add").AtMapKey(name).AtName("controller"), name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(dropped)) {
		if onIDE(found.Disks[key].Controller) {
			refuse(path.Root("disks_to_add"), dropped[key])
		}
	}

	return diags
}

// onIDE reports whether a controller is an IDE controller, which takes no disk and gives none up while its machine runs.
func onIDE(controller string) bool {
	kind, _, _ := vsphere.KindOfController(controller)

	return kind == "ide"
}

// diskChange returns an error for what can't be changed of a disk, or not while the machine runs.
func (c *checks) diskChange(at path.Path, key string, wanted vmdisks.Wanted, present vsphere.Disk) diag.Diagnostics {
	var diags diag.Diagnostics
	running := vm.Runs(c.change())
	switch {
	case wanted.Shrinks(present):
		diags.Append(shrinks(at.AtName("capacity_gib"), key, present))
	case wanted.Grows(present) && present.Parent != "":
		diags.Append(tfdiag.Conflict(at.AtName("capacity_gib"), fmt.Sprintf("The disk %s can't grow", key),
			fmt.Sprintf("It stands on %s, of a snapshot or of another machine. Remove the machine's snapshots, or take capacity_gib back to %s",
				present.Parent, vmdisks.InGiB(present.CapacityBytes))))
	case wanted.Grows(present) && running && present.Mode != "persistent":
		diags.Append(tfdiag.NeedsPowerOff(at.AtName("capacity_gib"), c.prior.InWords(), fmt.Sprintf("the size of the disk %s, which is %s,", key, present.Mode)))
	case wanted.Grows(present) && running && onIDE(present.Controller):
		diags.Append(tfdiag.NeedsPowerOff(at.AtName("capacity_gib"), c.prior.InWords(), fmt.Sprintf("the size of the disk %s, on an IDE controller,", key)))
	}
	if provisioning := wanted.Provisioning.ValueString(); provisioning != "" && present.Provisioning != "" && provisioning != present.Provisioning {
		diags.Append(tfdiag.Conflict(at.AtName("provisioning"), fmt.Sprintf("The disk %s is %s", key, present.Provisioning),
			fmt.Sprintf("How a disk takes its space is chosen when it is made. Set provisioning = %q, leave it out, or have the machine made anew: "+
				"%s marks it for that", present.Provisioning, tfdiag.Command("taint"))))
	}
	switch {
	case !wanted.ChangesMode(present):
	case present.Parent != "":
		diags.Append(tfdiag.Conflict(at.AtName("mode"), fmt.Sprintf("The mode of the disk %s can't change", key),
			fmt.Sprintf("It stands on %s, of a snapshot. Remove the machine's snapshots first, or set mode = %q", present.Parent, present.Mode)))
	case running:
		diags.Append(tfdiag.NeedsPowerOff(at.AtName("mode"), c.prior.InWords(), fmt.Sprintf("the mode of the disk %s", key)))
	}
	if one := vmdisks.AddedIn(c.plan.DisksToAdd)[wanted.Name]; wanted.Argument == "disks_to_add" {
		if slot, known := one.Slot(); known && slot != (vsphere.Slot{Controller: present.Controller, UnitNumber: present.UnitNumber}) {
			diags.Append(tfdiag.Conflict(at.AtName("unit_number"), fmt.Sprintf("The disk %q stays where it is", wanted.Name),
				fmt.Sprintf("It is at %s:%d. The place of a disk is chosen when it is added. Set controller and unit_number to that, or leave them out",
					present.Controller, present.UnitNumber)))
		}
	}

	return diags
}
