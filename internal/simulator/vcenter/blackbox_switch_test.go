package vcenter_test

import (
	"context"
	"slices"
	"testing"

	"github.com/vmware/govmomi/event"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const vmwareSwitch = "VmwareDistributedVirtualSwitch"

// TestBlackBoxSwitchType finds a distributed switch in each way that clients have: its type is that of vSphere's own switches everywhere, and
// both that type and its base type select and address it.
func TestBlackBoxSwitchType(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	want := reference(vmwareSwitch, mustID(t, server, "/DC0/network/DVS0"))
	for _, kind := range []string{vmwareSwitch, "DistributedVirtualSwitch"} {
		if found := viewed(t, client, kind); !slices.Equal(found, []types.ManagedObjectReference{want}) {
			t.Errorf("a view of %s has %v", kind, found)
		}
		var read mo.VmwareDistributedVirtualSwitch
		if err := property.DefaultCollector(client).RetrieveOne(t.Context(), reference(kind, want.Value), []string{"name", "uuid"}, &read); err != nil {
			t.Fatal(err)
		}
		if read.Name != "DVS0" || read.Self != want {
			t.Errorf("as a %s the switch is %v %q", kind, read.Self, read.Name)
		}
		renamed, err := object.NewCommon(client, reference(kind, want.Value)).Rename(t.Context(), "DVS0")
		if err := finish(t, renamed, err); err != nil {
			t.Errorf("rename the switch as a %s: %v", kind, err)
		}
		_, err = object.NewCommon(client, reference(kind, "dvs-9999")).Rename(t.Context(), "gone")
		wantFault(t, err, "ManagedObjectNotFound")
	}
	found, err := object.NewSearchIndex(client).FindByInventoryPath(t.Context(), "/DC0/network/DVS0")
	if err != nil || found.Reference() != want {
		t.Errorf("by its path the switch is %v (%v)", found, err)
	}
	var group mo.DistributedVirtualPortgroup
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), reference("DistributedVirtualPortgroup", mustID(t, server, "/DC0/network/DC0_DVPG0")),
		[]string{"key", "config.distributedVirtualSwitch"}, &group); err != nil {
		t.Fatal(err)
	}
	if *group.Config.DistributedVirtualSwitch != want {
		t.Errorf("the switch of a port group is %v", group.Config.DistributedVirtualSwitch)
	}
	wantPrinted(t, newGovc(t, server).Run("object.collect", "-s", "/DC0/network", "childEntity"), want.String())
}

// TestBlackBoxSwitchByUUID asks for a switch by its UUID, and for a port group of it, as clients do that read a network interface.
func TestBlackBoxSwitchByUUID(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	want := reference(vmwareSwitch, mustID(t, server, "/DC0/network/DVS0"))
	group := mustID(t, server, "/DC0/network/DC0_DVPG0")
	var read mo.DistributedVirtualSwitch
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), want, []string{"uuid"}, &read); err != nil {
		t.Fatal(err)
	}
	manager := *client.ServiceContent.DvSwitchManager
	byUUID, err := methods.QueryDvsByUuid(t.Context(), client, &types.QueryDvsByUuid{This: manager, Uuid: read.Uuid})
	if err != nil || *byUUID.Returnval != want {
		t.Errorf("by its UUID the switch is %v (%v)", byUUID, err)
	}
	_, err = methods.QueryDvsByUuid(t.Context(), client, &types.QueryDvsByUuid{This: manager, Uuid: "none"})
	wantFault(t, err, "NotFound")
	looked, err := methods.DVSManagerLookupDvPortGroup(t.Context(), client, &types.DVSManagerLookupDvPortGroup{
		This: manager, SwitchUuid: read.Uuid, PortgroupKey: group,
	})
	if err != nil || looked.Returnval.Value != group {
		t.Errorf("the port group is %v (%v)", looked, err)
	}
}

// TestBlackBoxSwitchCreated makes a switch with a host and a port group, and moves it into a folder.
func TestBlackBoxSwitchCreated(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	networks := object.NewFolder(client, reference("Folder", mustID(t, server, "/DC0/network")))
	started, err := networks.CreateDVS(t.Context(), types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{
		DVSConfigSpec: types.DVSConfigSpec{Name: "added"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	info, err := started.WaitForResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made, ok := info.Result.(types.ManagedObjectReference)
	if want := reference(vmwareSwitch, mustID(t, server, "/DC0/network/added")); !ok || made != want {
		t.Fatalf("the task's result is %v, want %v", info.Result, want)
	}
	dvs := object.NewDistributedVirtualSwitch(client, made)
	started, err = dvs.Reconfigure(t.Context(), &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{
		Host: []types.DistributedVirtualSwitchHostMemberConfigSpec{{
			Operation: "add", Host: reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H0")),
		}},
	}})
	if err := finish(t, started, err); err != nil {
		t.Errorf("add a host: %v", err)
	}
	started, err = dvs.AddPortgroup(t.Context(), []types.DVPortgroupConfigSpec{{Name: "group", NumPorts: 8, Type: "earlyBinding"}})
	if err := finish(t, started, err); err != nil {
		t.Errorf("add a port group: %v", err)
	}
	inside, err := networks.CreateFolder(t.Context(), "inside")
	if err != nil {
		t.Fatal(err)
	}
	started, err = inside.MoveInto(t.Context(), []types.ManagedObjectReference{made})
	if err := finish(t, started, err); err != nil {
		t.Errorf("move the switch: %v", err)
	}
	if id := server.ID("/DC0/network/inside/added"); id != made.Value {
		t.Errorf("in the folder is %q", id)
	}
	events, err := event.NewManager(client).QueryEvents(t.Context(), types.EventFilterSpec{
		Entity: &types.EventFilterSpecByEntity{Entity: made, Recursion: types.EventFilterSpecRecursionOptionSelf},
	})
	if err != nil || !slices.ContainsFunc(events, func(happened types.BaseEvent) bool {
		created, ok := happened.(*types.DvsCreatedEvent)

		return ok && created.Dvs.Dvs == made
	}) {
		t.Errorf("no event tells of the switch's creation: %v %v", events, err)
	}
}

// viewed returns what a view of a type holds.
func viewed(t *testing.T, client *vim25.Client, kind string) []types.ManagedObjectReference {
	t.Helper()
	seen, err := view.NewManager(client).CreateContainerView(t.Context(), client.ServiceContent.RootFolder, []string{kind}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = seen.Destroy(context.WithoutCancel(t.Context())) }()
	found, err := seen.Find(t.Context(), []string{kind}, property.Match{})
	if err != nil {
		t.Fatal(err)
	}

	return found
}
