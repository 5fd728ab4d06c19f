package vcenter

import (
	"fmt"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	templateName     = "golden-template"
	hostsPerCluster  = 3
	datastores       = 2
	diskBytes        = 10 << 30
	secondDiskBytes  = 20 << 30
	productVersion   = "8.0.3"
	defaultAPI       = "8.0.3.0"
	productBuild     = "22385739"
	controllerKey    = int32(1000)
	firstDiskKey     = int32(2000)
	interfaceKey     = int32(4000)
	interfaceUnit    = int32(7)
	memoryMegabytes  = 1024
	firstDatacenter  = "DC0"
	firstCluster     = "DC0_C0"
	secondCluster    = "DC0_C1"
	virtualMachines  = "/DC0/vm"
	firstClusterPath = "/DC0/host/" + firstCluster
)

// creation lets one server at a time create its model: govmomi shares a license, a counter of hosts and the session of
// its own client between all of them, and touches them only then.
var creation sync.Mutex

func createModel(model *simulator.Model) error {
	creation.Lock()
	defer creation.Unlock()

	return model.Create()
}

// createInventory makes the inventory that the package comment describes.
func (s *Server) createInventory() error {
	s.model = simulator.VPX()
	s.model.Host, s.model.Machine = 0, 0
	s.model.Cluster, s.model.ClusterHost = 2, hostsPerCluster
	s.model.Datastore = datastores
	about := &s.model.ServiceContent.About
	about.ApiVersion, about.Version, about.Build = s.options.APIVersion, productVersion, productBuild
	about.FullName = "VMware vCenter Server " + productVersion + " build-" + productBuild
	if err := createModel(s.model); err != nil {
		return fmt.Errorf("create the inventory: %w", err)
	}
	s.service = s.model.Service
	s.registry = s.model.Map()
	s.root = s.rootOfModel
	s.registry.AddHandler(&observer{
		Self: types.ManagedObjectReference{Type: "VmforkObserver", Value: "observer"}, server: s,
	})

	s.users.add(administrator, user{password: administratorPassword, all: true})
	s.users.add(restrictedUser, user{password: restrictedUser, privileges: readOnly})
	s.configureClusters()
	s.createSpecs()
	s.sizeDatastores()

	return s.createVMs()
}

func (s *Server) configureClusters() {
	ctx := s.newContext(administrator)
	for name, automatic := range map[string]bool{firstCluster: true, secondCluster: false} {
		cluster, ok := s.lookup("/DC0/host/" + name).(*simulator.ClusterComputeResource)
		if !ok {
			continue
		}
		behaviour := types.DrsBehaviorManual
		if automatic {
			behaviour = types.DrsBehaviorFullyAutomated
		}
		s.registry.WithLock(ctx, cluster, func() {
			config, _ := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
			if config == nil {
				return
			}
			config.DrsConfig.Enabled = new(true)
			config.DrsConfig.DefaultVmBehavior = behaviour
			config.DasConfig.Enabled = new(automatic)
			cluster.Configuration.DrsConfig = config.DrsConfig
			cluster.Configuration.DasConfig = config.DasConfig
		})
	}
}

// sizeDatastores gives every datastore 10 TiB, whatever the disk below has.
func (s *Server) sizeDatastores() {
	const capacity = 10 << 40
	for _, entity := range s.registry.All("Datastore") {
		if datastore, ok := entity.(*simulator.Datastore); ok {
			datastore.Summary.Capacity, datastore.Summary.FreeSpace = capacity, capacity
			datastore.Summary.Accessible = true
			datastore.Info.GetDatastoreInfo().FreeSpace = capacity
			datastore.Summary.MaintenanceMode = string(types.DatastoreSummaryMaintenanceModeStateNormal)
		}
	}
}

// createVMs makes the VMs and the template.
func (s *Server) createVMs() error {
	ctx := s.newContext(administrator)
	for i := range s.options.VMs {
		ref, p := s.createInitialVM(ctx, fmt.Sprintf("%s_RP0_VM%d", firstCluster, i), diskBytes)
		if p != nil {
			return fmt.Errorf("create VM %d: %s", i, p.message())
		}
		if p := s.powerOn(ctx, ref); p != nil {
			return fmt.Errorf("power on VM %d: %s", i, p.message())
		}
		s.setAddresses(ctx, ref, []string{s.guests.nextAddress()})
	}
	ref, p := s.createInitialVM(ctx, templateName, diskBytes, secondDiskBytes)
	if p != nil {
		return fmt.Errorf("create %s: %s", templateName, p.message())
	}
	if vm, ok := s.vm(ref); ok {
		s.makeTemplate(ctx, vm)
	}

	return nil
}

func (s *Server) createInitialVM(ctx *simulator.Context, name string, disks ...int64) (types.ManagedObjectReference, *problem) {
	folder, pool := s.mustRef(virtualMachines), s.mustRef(firstClusterPath+"/Resources")
	spec := types.VirtualMachineConfigSpec{
		Name: name, GuestId: string(types.VirtualMachineGuestOsIdentifierUbuntu64Guest), NumCPUs: 1,
		MemoryMB: memoryMegabytes, Uuid: newUUID(), InstanceUuid: newUUID(), DeviceChange: s.initialDevices(disks),
	}
	s.placeFiles(&spec, "LocalDS_0")

	return s.createVM(ctx, &types.CreateVM_Task{This: folder, Config: spec, Pool: pool})
}

func (s *Server) initialDevices(disks []int64) []types.BaseVirtualDeviceConfigSpec {
	controller := &types.ParaVirtualSCSIController{}
	controller.Key = controllerKey
	controller.SharedBus = types.VirtualSCSISharingNoSharing
	controller.DeviceInfo = &types.Description{Label: "SCSI controller 0"}
	devices := []types.BaseVirtualDeviceConfigSpec{addDevice(controller, "")}
	for i, bytes := range disks {
		unit := int32(i)
		disk := &types.VirtualDisk{CapacityInBytes: bytes, CapacityInKB: bytes >> 10}
		disk.Key, disk.ControllerKey, disk.UnitNumber = firstDiskKey+unit, controllerKey, &unit
		disk.DeviceInfo = &types.Description{Label: fmt.Sprintf("Hard disk %d", i+1)}
		disk.Backing = &types.VirtualDiskFlatVer2BackingInfo{
			DiskMode: string(types.VirtualDiskModePersistent), ThinProvisioned: new(true),
		}
		devices = append(devices, addDevice(disk, types.VirtualDeviceConfigSpecFileOperationCreate))
	}

	card := &types.VirtualVmxnet3{}
	card.Key, card.ControllerKey, card.UnitNumber = interfaceKey, 100, new(interfaceUnit)
	card.AddressType = string(types.VirtualEthernetCardMacTypeAssigned)
	card.DeviceInfo = &types.Description{Label: "Network adapter 1"}
	card.Backing = s.initialNetwork()

	return append(devices, addDevice(card, ""))
}

func (s *Server) initialNetwork() types.BaseVirtualDeviceBackingInfo {
	backing := &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{}
	group, ok := s.lookup("/DC0/network/DC0_DVPG0").(*simulator.DistributedVirtualPortgroup)
	if !ok {
		return backing
	}
	backing.Port.PortgroupKey = group.Key
	if group.Config.DistributedVirtualSwitch != nil {
		if dvs, ok := s.registry.Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch); ok {
			backing.Port.SwitchUuid = dvs.Uuid
		}
	}

	return backing
}

func addDevice(
	device types.BaseVirtualDevice, operation types.VirtualDeviceConfigSpecFileOperation,
) *types.VirtualDeviceConfigSpec {
	return &types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationAdd, FileOperation: operation, Device: device,
	}
}

// mustRef is the reference of a path that the inventory starts with.
func (s *Server) mustRef(path string) types.ManagedObjectReference {
	if entity := s.lookup(path); entity != nil {
		return entity.Reference()
	}

	return types.ManagedObjectReference{}
}
