package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Change is a change of a VM by another administrator, unknown to the client. Nil parts stay. No rule is checked but
// that the objects exist.
type Change struct {
	Name             *string   `json:"name"` // literal
	FolderID         *string   `json:"folder_id"`
	ResourcePoolID   *string   `json:"resource_pool_id"`
	HostID           *string   `json:"host_id"`
	DatastoreID      *string   `json:"datastore_id"` // of the configuration files and every disk
	PowerState       *string   `json:"power_state"`  // vim25's
	GuestIPAddresses *[]string `json:"guest_ip_addresses"`
	ToolsRunning     *bool     `json:"tools_running"`    // stopped tools stay stopped over power cycles
	ConnectionState  *string   `json:"connection_state"` // vim25's: connected, or without a configuration inaccessible, orphaned …
	Annotation       *string   `json:"annotation"`
	Template         *bool     `json:"template"` // a template that becomes a VM lies in its cluster's root pool

	// InstantCloneFrozen freezes a running VM, as instantclone.freeze in its guest does, or thaws it.
	InstantCloneFrozen *bool `json:"instant_clone_frozen"`
	// GuestID is vim25's identifier of the guest operating system: windows2022srvNext_64Guest.
	GuestID *string `json:"guest_id"`
	// NoConfig makes the configuration of a connected VM absent, as early in the VM's creation.
	NoConfig *bool `json:"no_config"`
	// Busy makes the VM busy with a task of another client, which never ends by itself.
	Busy *bool `json:"busy"`
	// QuiesceFails makes quiesced snapshots fail, because the guest's file systems do not come to rest.
	QuiesceFails *bool `json:"quiesce_fails"`
	// LostSnapshots makes files of the VM's snapshots missing, so that its configuration is invalid.
	LostSnapshots *bool `json:"lost_snapshots"`
	// SnapshotCapabilities are the snapshots that the host can take of the VM.
	SnapshotCapabilities *SnapshotCapabilities `json:"snapshot_capabilities"`
	// AttachDevice adds a device: "passthrough-cdrom", "remote-cdrom", "pci-passthrough", "file-serial-port",
	// "device-serial-port", "file-parallel-port", "raw-disk", "tpm", which encrypts the VM as well; or it changes the VM's first controller or disk:
	// "shared-bus", "independent-disk".
	AttachDevice *string `json:"attach_device"`
	// DetachDevices removes every device that AttachDevice added, and what it changed.
	DetachDevices *bool `json:"detach_devices"`
}

// editor changes the inventory as another administrator would, without tasks and privileges.
type editor struct {
	inventory   *inventory
	storage     *storage
	placer      *placer
	conditions  *conditionStore
	guests      *guestStore
	power       *powerStates
	vms         *vmStore
	relocations *relocator
}

// changeVM changes a VM at once, without a task.
func (s *editor) changeVM(id string, change Change) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	vm, ok := s.inventory.vm(vmRef(id))
	if !ok {
		return fmt.Errorf("change VM %s: there is no such VM", id)
	}
	for _, step := range []func(*simulator.Context, *simulator.VirtualMachine, Change) *problem{
		s.changeConnection, s.changeName, s.changePlacement, s.changePower, s.changeGuest, s.changeConfig, s.changeConditions,
	} {
		if p := step(ctx, vm, change); p != nil {
			return fmt.Errorf("change VM %s: %s", id, p.message())
		}
	}

	return nil
}

func (s *editor) changeConnection(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	if change.ConnectionState == nil {
		return nil
	}
	state := types.VirtualMachineConnectionState(*change.ConnectionState)
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "runtime.connectionState", Val: state}, {Name: "summary.runtime.connectionState", Val: state},
	})

	return nil
}

func (s *editor) changeName(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	if change.Name == nil {
		return nil
	}

	return s.vms.rename(ctx, vm.Self, escapeName(*change.Name))
}

func (s *editor) changePlacement(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	var wanted placement
	for _, part := range []struct {
		to   *types.ManagedObjectReference
		kind string
		id   *string
	}{
		{&wanted.folder, "Folder", change.FolderID},
		{&wanted.pool, "ResourcePool", change.ResourcePoolID},
		{&wanted.host, "HostSystem", change.HostID},
		{&wanted.datastore, "Datastore", change.DatastoreID},
	} {
		if part.id != nil {
			*part.to = types.ManagedObjectReference{Type: part.kind, Value: *part.id}
		}
	}
	if wanted == (placement{}) {
		return nil
	}
	to, p := s.placer.complete(wanted, s.placer.placementOf(vm), placementRules{anywhere: true})
	if p != nil {
		return p
	}
	plan := relocation{vm: vm, to: to, disks: map[int32]types.ManagedObjectReference{}}
	for _, disk := range disksOf(vm) {
		plan.disks[disk.Key] = refOf("Datastore", copyDisk(disk).DatastoreID)
		if change.DatastoreID != nil {
			plan.disks[disk.Key] = to.datastore
		}
	}

	return s.relocations.relocate(ctx, plan, nil)
}

func (s *editor) changePower(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	if change.PowerState == nil || string(vm.Runtime.PowerState) == *change.PowerState {
		return nil
	}
	state := types.VirtualMachinePowerState(*change.PowerState)
	if !slices.Contains(state.Values(), state) {
		return invalidArgument("power_state", "There is no power state %s.", state)
	}

	return s.power.setPower(ctx, vm.Self, state)
}

func (s *editor) changeGuest(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	if tools := change.ToolsRunning; tools != nil {
		s.guests.disableTools(vm.Self.Value, !*tools)
		s.guests.setTools(ctx, vm, *tools)
	}
	if addresses := change.GuestIPAddresses; addresses != nil {
		s.guests.setAddresses(ctx, vm.Self, *addresses)
	}

	return nil
}

func (s *editor) changeConfig(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	if change.Annotation != nil {
		s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
			{Name: "config.annotation", Val: *change.Annotation}, {Name: "summary.config.annotation", Val: *change.Annotation},
		})
	}
	if change.Template != nil && *change.Template != vm.Config.Template {
		if *change.Template {
			s.vms.makeTemplate(ctx, vm)
		} else {
			s.vms.makeVM(ctx, vm)
		}
	}

	return nil
}

// changeConditions is the part of ChangeVM that sets states which decide what can be done with the VM.
func (s *editor) changeConditions(ctx *simulator.Context, vm *simulator.VirtualMachine, change Change) *problem {
	s.conditions.change(vm.Self, func(c *condition) {
		setIfGiven(&c.busy, change.Busy)
		setIfGiven(&c.noConfig, change.NoConfig)
		setIfGiven(&c.quiesceFails, change.QuiesceFails)
		setIfGiven(&c.lostSnapshots, change.LostSnapshots)
	})
	changes := change.SnapshotCapabilities.changes()
	if frozen := change.InstantCloneFrozen; frozen != nil {
		if *frozen && vm.Runtime.PowerState != poweredOn {
			return invalidPowerState(poweredOn, vm.Runtime.PowerState, vm.Self)
		}
		changes = append(changes, types.PropertyChange{Name: "runtime.instantCloneFrozen", Val: *frozen})
	}
	if guest := change.GuestID; guest != nil {
		changes = append(changes, types.PropertyChange{Name: "config.guestId", Val: *guest},
			types.PropertyChange{Name: "summary.config.guestId", Val: *guest},
			types.PropertyChange{Name: "guest.guestId", Val: *guest})
	}
	if len(changes) > 0 {
		s.inventory.registry.AtomicUpdate(ctx, vm, changes)
	}

	return s.changeDevices(ctx, vm, change)
}

// destroyVM deletes a VM at once, whatever its state.
func (s *editor) destroyVM(id string) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	vm, ok := s.inventory.vm(vmRef(id))
	if !ok {
		return fmt.Errorf("destroy VM %s: there is no such VM", id)
	}
	if vm.Runtime.PowerState == poweredOn {
		if p := s.power.setPower(ctx, vm.Self, poweredOff); p != nil {
			return fmt.Errorf("destroy VM %s: %s", id, p.message())
		}
	}
	if p := s.vms.destroy(ctx, vm.Self); p != nil {
		return fmt.Errorf("destroy VM %s: %s", id, p.message())
	}

	return nil
}
