package vcenter_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxPrivilegeOnEach takes one privilege on one object from an administrator, which vim25 documents for the method: the call is refused, and
// names both.
func TestBlackBoxPrivilegeOnEach(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	ctx := t.Context()
	prod, datastore := newFolder(t, server, "prod"), mustID(t, server, "/DC0/datastore/LocalDS_1")
	web, template := mustVM(t, server, golden), mustVM(t, server, "golden-template")
	vm := virtualMachine(t, server, client, golden)
	target := object.NewFolder(client.Client, reference("Folder", prod))
	bench := newSnapshotBenchOn(t, server).on("DC0_C0_RP0_VM1")
	taken := bench.mustCreate(types.CreateSnapshotEx_Task{Name: "before"})
	secondary := protect(t, server, client, "DC0_C0_RP0_VM2")
	pair := virtualMachine(t, server, client, "DC0_C0_RP0_VM2")
	card := *device[*types.VirtualVmxnet3](newSnapshotBenchOn(t, server).on(golden), 4000)
	unplugged := *card.Connectable
	unplugged.Connected = false
	card.Connectable = &unplugged

	relocate := func(spec types.VirtualMachineRelocateSpec) func() error {
		return func() error {
			started, err := vm.Relocate(ctx, spec, types.VirtualMachineMovePriorityDefaultPriority)

			return finish(t, started, err)
		}
	}
	toDatastore := relocate(types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", datastore))})
	diskAlone := relocate(types.VirtualMachineRelocateSpec{Disk: []types.VirtualMachineRelocateSpecDiskLocator{
		{DiskId: 2000, Datastore: reference("Datastore", datastore)},
	}})
	toFolder := relocate(types.VirtualMachineRelocateSpec{Folder: new(target.Reference())})
	move := func() error {
		started, err := target.MoveInto(ctx, []types.ManagedObjectReference{vm.Reference()})

		return finish(t, started, err)
	}
	destroy := func() error {
		started, err := vm.Destroy(ctx)

		return finish(t, started, err)
	}
	clone := func() error {
		started, err := vm.Clone(ctx, target, "copy", types.VirtualMachineCloneSpec{PowerOn: true})

		return finish(t, started, err)
	}
	for name, test := range map[string]struct { //nolint:paralleltest // each takes a privilege of the one user away, and gives it back
		privilege, on string
		call          func() error
	}{
		"relocate":                        {"Resource.ColdMigrate", web.ID, toDatastore},
		"relocate what runs":              {"Resource.HotMigrate", web.ID, toDatastore},
		"relocate to a datastore":         {"Datastore.AllocateSpace", datastore, toDatastore},
		"relocate a disk to a datastore":  {"Datastore.AllocateSpace", datastore, diskAlone},
		"relocate to a folder":            {"VirtualMachine.Inventory.Move", prod, toFolder},
		"relocate from a folder":          {"VirtualMachine.Inventory.Move", web.FolderID, toFolder},
		"relocate between folders":        {"VirtualMachine.Inventory.Move", web.ID, toFolder},
		"move":                            {"VirtualMachine.Inventory.Move", web.ID, move},
		"move from a folder":              {"VirtualMachine.Inventory.Move", web.FolderID, move},
		"move into a folder":              {"VirtualMachine.Inventory.Move", prod, move},
		"destroy":                         {"VirtualMachine.Inventory.Delete", web.ID, destroy},
		"destroy what is in a folder":     {"VirtualMachine.Inventory.Delete", web.FolderID, destroy},
		"clone and power on":              {"VirtualMachine.Interact.PowerOn", prod, clone},
		"rename":                          {"VirtualMachine.Config.Rename", web.ID, func() error { return rename(t, vm, "other") }},
		"make a template":                 {"VirtualMachine.Provisioning.MarkAsTemplate", web.ID, func() error { return vm.MarkAsTemplate(ctx) }},
		"make a machine of a template":    {"VirtualMachine.Provisioning.MarkAsVM", template.ID, mark(t, server, template.ID)},
		"put a template into a pool":      {"Resource.AssignVMToPool", mustID(t, server, "/DC0/host/DC0_C0/Resources"), mark(t, server, template.ID)},
		"take a snapshot":                 {"VirtualMachine.State.CreateSnapshot", bench.vm.Reference().Value, func() error { _, err := bench.create(types.CreateSnapshotEx_Task{Name: "x"}); return err }},
		"rename a snapshot":               {"VirtualMachine.State.RenameSnapshot", bench.vm.Reference().Value, func() error { return renameSnapshot(ctx, client, taken) }},
		"remove a snapshot":               {"VirtualMachine.State.RemoveSnapshot", bench.vm.Reference().Value, func() error { return removeSnapshot(ctx, client, taken, false) }},
		"create a secondary":              {"VirtualMachine.Interact.CreateSecondary", web.ID, func() error { _, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{}); return err }},
		"disable a secondary":             {"VirtualMachine.Interact.DisableSecondary", pair.Reference().Value, func() error { return disableSecondary(t, client, pair, secondary) }},
		"enable a secondary":              {"VirtualMachine.Interact.EnableSecondary", pair.Reference().Value, func() error { return enableSecondary(t, client, pair, secondary) }},
		"make the secondary the primary":  {"VirtualMachine.Interact.MakePrimary", pair.Reference().Value, func() error { return makePrimary(t, client, pair, secondary) }},
		"turn fault tolerance off":        {"VirtualMachine.Interact.TurnOffFaultTolerance", pair.Reference().Value, func() error { return turnOff(t, client, pair) }},
		"disconnect a card while it runs": {"VirtualMachine.Interact.DeviceConnection", web.ID, func() error { return editOne(t, vm, &card) }},
		"edit a card":                     {"VirtualMachine.Config.EditDevice", web.ID, func() error { return editOne(t, vm, &card) }},
	} {
		t.Run(name, func(t *testing.T) {
			server.Revoke(server.Username(), test.on, test.privilege)
			defer server.Revoke(server.Username(), test.on)
			wantNoPermission(t, test.call(), test.privilege, test.on)
		})
	}
}

// wantNoPermission wants a refusal that names the privilege and the object.
func wantNoPermission(t *testing.T, err error, privilege, on string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it was done without %s on %s", privilege, on)
	}
	denied, ok := faultIn(t, err).(*types.NoPermission)
	if !ok || denied.PrivilegeId != privilege || denied.Object.Value != on {
		t.Fatalf("refused with %+v, want NoPermission for %s on %s", faultIn(t, err), privilege, on)
	}
}

// mark makes a machine of a template, in the first cluster.
func mark(t *testing.T, server *vcenter.Server, id string) func() error {
	t.Helper()
	client := loginSOAP(t, server)
	pool := object.NewResourcePool(client.Client, reference("ResourcePool", mustID(t, server, "/DC0/host/DC0_C0/Resources")))

	return func() error {
		return object.NewVirtualMachine(client.Client, reference("VirtualMachine", id)).MarkAsVirtualMachine(t.Context(), *pool, nil)
	}
}

func renameSnapshot(ctx context.Context, client *govmomi.Client, taken types.ManagedObjectReference) error {
	_, err := methods.RenameSnapshot(ctx, client, &types.RenameSnapshot{This: taken, Name: "after"})

	return err
}

// editOne reconfigures one device of a VM.
func editOne(t *testing.T, vm *object.VirtualMachine, changed types.BaseVirtualDevice) error {
	t.Helper()
	started, err := vm.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{DeviceChange: []types.BaseVirtualDeviceConfigSpec{editing(changed)}})

	return finish(t, started, err)
}

// TestBlackBoxPrivilegeByREST is the same for the operations of the REST API, whose errors name neither.
func TestBlackBoxPrivilegeByREST(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest, ctx := loginREST(t, server), t.Context()
	setPower(t, server, "DC0_C0_RP0_VM1", "poweredOff")
	web, off := mustVM(t, server, golden), mustVM(t, server, "DC0_C0_RP0_VM1")
	category := rest.make(t, categories, spec{"name": "team", "cardinality": "MULTIPLE"})
	red := rest.make(t, tagList, spec{"category_id": category, "name": "red"})
	attach, one := association+"/"+url.PathEscape(red)+"?action=attach", spec{"object_id": spec{"id": web.ID, "type": "VirtualMachine"}}
	for name, test := range map[string]struct { //nolint:paralleltest // as above
		privilege, on string
		verb, path    string
		body          any
	}{
		"delete":                     {"VirtualMachine.Inventory.Delete", off.ID, http.MethodDelete, "/api/vcenter/vm/" + off.ID, nil},
		"delete what is in a folder": {"VirtualMachine.Inventory.Delete", off.FolderID, http.MethodDelete, "/api/vcenter/vm/" + off.ID, nil},
		"attach a tag to the object": {"InventoryService.Tagging.ObjectAttachable", web.ID, http.MethodPost, attach, one},
		"clone and power on": {"VirtualMachine.Interact.PowerOn", web.FolderID, http.MethodPost, clonePath, spec{
			"source": web.ID, "name": "copy", "power_on": true,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server.Revoke(server.Username(), test.on, test.privilege)
			defer server.Revoke(server.Username(), test.on)
			rest.do(ctx, test.verb, test.path, test.body).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
		})
	}
	rest.do(ctx, http.MethodPost, attach, one).wantStatus(t, http.StatusNoContent)
	older := startServer(t, vcenter.Options{VMs: 1, APIVersion: "7.0.2.0"}) // has no such privilege yet
	older.Revoke(older.Username(), "", "InventoryService.Tagging.ObjectAttachable")
	rest = loginREST(t, older)
	category = rest.make(t, categories, spec{"name": "team", "cardinality": "MULTIPLE"})
	red = rest.make(t, tagList, spec{"category_id": category, "name": "red"})
	one = spec{"object_id": spec{"id": mustVM(t, older, golden).ID, "type": "VirtualMachine"}}
	rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(red)+"?action=attach", one).wantStatus(t, http.StatusNoContent)
}
