package vsphere

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// vmPaths are the properties that [VirtualMachine] is made of.
var vmPaths = []string{
	"name", "parent", "parentVApp", "resourcePool", "datastore",
	"runtime.host", "runtime.powerState", "runtime.connectionState", "runtime.instantCloneFrozen",
	pairStatePath, pairInfoPath,
	"config.template", "config.uuid", "config.instanceUuid", "config.createDate", "config.files.vmPathName",
	"config.hardware.device",
	"guest.net", "guest.toolsRunningStatus",
	"snapshot.currentSnapshot",
}

// vmSpec reads VMs, and in the same call what their properties refer to: the host's cluster, the names of the datastores,
// opaque networks by their own id, the folder of a vApp.
func vmSpec(ids []string, more ...string) types.PropertyFilterSpec {
	traverse := func(path string) types.BaseSelectionSpec {
		return &types.TraversalSpec{Type: "VirtualMachine", Path: path}
	}
	related := []types.BaseSelectionSpec{
		traverse("runtime.host"), traverse("datastore"), traverse("network"), traverse("parentVApp"),
	}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: "VirtualMachine", PathSet: slices.Concat(vmPaths, more)},
		{Type: "HostSystem", PathSet: []string{"parent"}},
		{Type: "Datastore", PathSet: []string{"name"}},
		{Type: "OpaqueNetwork", PathSet: []string{"summary"}},
		{Type: "VirtualApp", PathSet: []string{"parentFolder"}},
	}}
	for _, id := range ids {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: vmRef(id), SelectSet: related})
	}

	return spec
}

// VirtualMachine reads one VM (RetrievePropertiesEx, one call for all that are read within a few milliseconds). It is an
// error of kind NotFound when the VM is gone, of kind Denied when the user may not see it.
func (c *Client) VirtualMachine(ctx context.Context, id string) (*VirtualMachine, error) {
	return c.machine(ctx, machineKey{id: id})
}

// VirtualMachineWithSettings is [Client.VirtualMachine] with the VM's extraConfig, which is long and may hold secrets, in
// the same call.
func (c *Client) VirtualMachineWithSettings(ctx context.Context, id string) (*VirtualMachine, error) {
	return c.machine(ctx, machineKey{id: id, settings: true})
}

func (c *Client) machine(ctx context.Context, key machineKey) (*VirtualMachine, error) {
	if read, along := c.rideAlong(ctx, key); along {
		return read.machine, read.err
	}
	read, err := c.machines.Load(ctx, key)
	if err != nil {
		return nil, err
	}

	return read.machine, read.err
}

// neighbours is what was read along with the VMs, by managed object id unless said otherwise.
type neighbours struct {
	clusterOfHost  map[string]string
	datastoreNamed map[string]string // literal name by id
	opaqueNetworks map[string]string // managed object id by opaque network id
	folderOfVApp   map[string]string
}

func (n neighbours) add(p properties) {
	switch p.ref.Type {
	case "HostSystem":
		if parent := get[types.ManagedObjectReference](p, "parent"); parent.Type == "ClusterComputeResource" {
			n.clusterOfHost[p.ref.Value] = parent.Value
		}
	case "Datastore":
		n.datastoreNamed[p.ref.Value] = unescapeName(get[string](p, "name"))
	case "OpaqueNetwork":
		if summary, ok := p.values["summary"].(types.OpaqueNetworkSummary); ok {
			n.opaqueNetworks[summary.OpaqueNetworkId] = p.ref.Value
		}
	case "VirtualApp":
		n.folderOfVApp[p.ref.Value] = p.refID("parentFolder")
	}
}

func newMachine(p properties, known neighbours) *VirtualMachine {
	vm := &VirtualMachine{
		ID:                  p.ref.Value,
		Name:                unescapeName(get[string](p, "name")),
		InstanceUUID:        get[string](p, "config.instanceUuid"),
		BIOSUUID:            get[string](p, "config.uuid"),
		PowerState:          PowerState(get[types.VirtualMachinePowerState](p, "runtime.powerState")),
		Template:            get[bool](p, "config.template"),
		ConnectionState:     string(get[types.VirtualMachineConnectionState](p, "runtime.connectionState")),
		GuestIPAddresses:    usableAddresses(p.values[guestNetPath]),
		ToolsRunning:        get[string](p, "guest.toolsRunningStatus") == toolsRunning,
		InstantCloneFrozen:  get[bool](p, "runtime.instantCloneFrozen"),
		FaultToleranceState: string(pairState(p)),
		FaultToleranceRole:  pairRole(p),
		CurrentSnapshotID:   p.refID("snapshot.currentSnapshot"),
		CreatedAt:           get[time.Time](p, "config.createDate"),
		Disks:               map[string]Disk{},
		NetworkInterfaces:   map[string]NetworkInterface{},
		StartConnected:      map[string]bool{},
		SerialPorts:         map[string]Port{},
		ParallelPorts:       map[string]Port{},
	}
	host := p.refID("runtime.host")
	vm.Placement = Placement{
		FolderID:       p.refID("parent"),
		ResourcePoolID: p.refID("resourcePool"),
		HostID:         host,
		ClusterID:      known.clusterOfHost[host],
		DatastoreID:    homeDatastore(p, known),
	}
	if vApp := p.refID("parentVApp"); vm.Placement.FolderID == "" && vApp != "" {
		vm.Placement.FolderID = known.folderOfVApp[vApp]
	}
	vm.ExtraConfig = settings(p)
	vm.devices = get[types.ArrayOfVirtualDevice](p, "config.hardware.device").VirtualDevice
	for _, device := range vm.devices {
		vm.addDevice(device, known)
	}

	return vm
}

const toolsRunning = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)

// homeDatastore finds the datastore of the VM's configuration file, whose path begins with its name: "[LocalDS_0] vm/vm.vmx".
func homeDatastore(p properties, known neighbours) string {
	path := get[string](p, "config.files.vmPathName")
	end := strings.LastIndex(path, "] ")
	if !strings.HasPrefix(path, "[") || end < 0 {
		return ""
	}
	name := unescapeName(path[1:end])
	own := get[types.ArrayOfManagedObjectReference](p, "datastore").ManagedObjectReference
	for _, datastore := range own {
		if known.datastoreNamed[datastore.Value] == name {
			return datastore.Value
		}
	}

	return ""
}
