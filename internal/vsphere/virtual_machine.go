package vsphere

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	machineType      = "VirtualMachine"
	instanceUUIDPath = "config.instanceUuid"
	vmPathName       = "config.files.vmPathName"
	devicesPath      = "config.hardware.device"
)

// vmPaths are the properties that [VirtualMachine] is made of.
var vmPaths = []string{
	"name", "parent", "parentVApp", "resourcePool", "datastore",
	"runtime.host", "runtime.powerState", "runtime.connectionState", "runtime.instantCloneFrozen",
	pairStatePath, pairInfoPath,
	"config.template", "config.uuid", instanceUUIDPath, "config.createDate", vmPathName,
	devicesPath, "config.annotation", keyIDPath,
	"guest.net", "guest.toolsRunningStatus",
	"snapshot.currentSnapshot",
}

// vmSpec reads VMs, and in the same call what their properties refer to: the host's cluster, the names of the datastores,
// opaque networks by their own id, the folder of a vApp.
func vmSpec(ids []string, more ...string) types.PropertyFilterSpec {
	traverse := func(path string) types.BaseSelectionSpec {
		return &types.TraversalSpec{Type: machineType, Path: path}
	}
	related := []types.BaseSelectionSpec{
		traverse("runtime.host"), traverse("datastore"), traverse("network"), traverse("parentVApp"),
	}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: machineType, PathSet: slices.Concat(vmPaths, hardwarePaths, more)},
		{Type: "HostSystem", PathSet: []string{"parent"}},
		{Type: "Datastore", PathSet: []string{"name", "parent"}},
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
	return load(ctx, c.machines, machineKey{id: id})
}

// Extras is what is read of a VM only where it is asked for.
type Extras struct {
	Settings         bool // extraConfig, which is long and may hold secrets
	CustomAttributes bool
	Tags             bool // of the tagging API, by one more call for all VMs that are read within a few milliseconds
}

// VirtualMachineWith is [Client.VirtualMachine] with more of the VM, in the same call but for tags.
func (c *Client) VirtualMachineWith(ctx context.Context, id string, extras Extras) (*VirtualMachine, error) {
	key := machineKey{id: id, settings: extras.Settings, attributes: extras.CustomAttributes}
	if !extras.Tags {
		return load(ctx, c.machines, key)
	}
	var (
		vm   *VirtualMachine
		tags []string
		both errgroup.Group
	)
	both.Go(func() (err error) { vm, err = load(ctx, c.machines, key); return err })
	both.Go(func() (err error) { tags, err = c.AttachedTags(ctx, id); return err })
	if err := both.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // one of theirs
	}
	tagged := *vm // the batch's is for all that asked
	tagged.Tags = tags

	return &tagged, nil
}

// neighbours is what was read along with the VMs, by managed object id unless said otherwise.
type neighbours struct {
	clusterOfHost  map[string]string
	datastoreNamed map[string]string // literal name by id
	clusterOfStore map[string]string // datastore cluster by the id of a datastore
	opaqueNetworks map[string]string // managed object id by opaque network id
	folderOfVApp   map[string]string
	attributes     []CustomAttribute
}

func (n *neighbours) add(p conn.Properties) {
	switch p.Ref.Type {
	case "HostSystem":
		if parent := conn.Get[types.ManagedObjectReference](p, "parent"); parent.Type == "ClusterComputeResource" {
			n.clusterOfHost[p.Ref.Value] = parent.Value
		}
	case "Datastore":
		n.datastoreNamed[p.Ref.Value] = conn.UnescapeName(conn.Get[string](p, "name"))
		if parent := conn.Get[types.ManagedObjectReference](p, "parent"); parent.Type == storagePodType {
			n.clusterOfStore[p.Ref.Value] = parent.Value
		}
	case "OpaqueNetwork":
		if summary, ok := p.Values["summary"].(types.OpaqueNetworkSummary); ok {
			n.opaqueNetworks[summary.OpaqueNetworkId] = p.Ref.Value
		}
	case "VirtualApp":
		n.folderOfVApp[p.Ref.Value] = p.RefID("parentFolder")
	case fieldsManagerType:
		n.attributes = definitions(p)
	}
}

func newMachine(p conn.Properties, known neighbours) *VirtualMachine {
	vm := &VirtualMachine{
		ID:                  p.Ref.Value,
		Name:                conn.UnescapeName(conn.Get[string](p, "name")),
		InstanceUUID:        conn.Get[string](p, instanceUUIDPath),
		BIOSUUID:            conn.Get[string](p, "config.uuid"),
		PowerState:          PowerState(conn.Get[types.VirtualMachinePowerState](p, "runtime.powerState")),
		Template:            conn.Get[bool](p, "config.template"),
		ConnectionState:     connectionState(p),
		GuestIPAddresses:    usableAddresses(p.Values[guestNetPath]),
		ToolsRunning:        conn.Get[string](p, "guest.toolsRunningStatus") == toolsRunning,
		InstantCloneFrozen:  conn.Get[bool](p, "runtime.instantCloneFrozen"),
		FaultToleranceState: string(pairState(p)),
		FaultToleranceRole:  pairRole(p),
		CurrentSnapshotID:   p.RefID("snapshot.currentSnapshot"),
		CreatedAt:           conn.Get[time.Time](p, "config.createDate"),
		NoConfig:            !hasConfig(p),
		Disks:               map[string]Disk{},
		NetworkInterfaces:   map[string]NetworkInterface{},
		StartConnected:      map[string]bool{},
		SerialPorts:         map[string]Port{},
		ParallelPorts:       map[string]Port{},
	}
	vm.Annotation = conn.Get[string](p, "config.annotation")
	vm.addHardware(p)
	vm.addKey(p)
	host := p.RefID("runtime.host")
	vm.Placement = Placement{
		FolderID:       p.RefID("parent"),
		ResourcePoolID: p.RefID("resourcePool"),
		HostID:         host,
		ClusterID:      known.clusterOfHost[host],
		DatastoreID:    homeDatastore(p, known),
	}
	vm.DatastoreClusters = known.clusterOfStore
	vm.Placement.DatastoreClusterID = known.clusterOfStore[vm.Placement.DatastoreID]
	if vApp := p.RefID("parentVApp"); vm.Placement.FolderID == "" && vApp != "" {
		vm.Placement.FolderID = known.folderOfVApp[vApp]
	}
	vm.ExtraConfig, vm.CustomAttributes = settings(p), customValues(p, known.attributes)
	vm.devices = devicesOf(p)
	controllers := controllerNames(vm.devices)
	for _, device := range vm.devices {
		vm.addDevice(device, controllers, known)
	}
	vm.addChains(p)

	return vm
}

// hasConfig reports whether vCenter can read the VM's configuration, of which some properties are always set.
func hasConfig(p conn.Properties) bool {
	for path := range p.Values {
		if strings.HasPrefix(path, "config.") {
			return true
		}
	}

	return false
}

const toolsRunning = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)

// homeDatastore finds the datastore of the VM's configuration file, whose path begins with its name: "[LocalDS_0] vm/vm.vmx". Names of
// VMs and of datastores may hold brackets, so the path is compared with the names of the VM's own datastores; where one name begins another,
// the longer one counts.
func homeDatastore(p conn.Properties, known neighbours) string {
	path := conn.Get[string](p, vmPathName)
	var home, longest string
	for _, datastore := range conn.Get[types.ArrayOfManagedObjectReference](p, "datastore").ManagedObjectReference {
		name := known.datastoreNamed[datastore.Value]
		if name != "" && len(name) > len(longest) && (liesOn(path, name) || liesOn(path, conn.EscapeName(name))) {
			home, longest = datastore.Value, name
		}
	}

	return home
}

// liesOn reports whether a file's path begins with the datastore's name.
func liesOn(path, datastore string) bool {
	head := "[" + datastore + "]"

	return path == head || strings.HasPrefix(path, head+" ")
}
