package vcenter

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	templateName     = "golden-template"
	hostsPerCluster  = 3
	datastores       = 2
	diskBytes        = 10 << 30
	secondDiskBytes  = 20 << 30
	defaultAPI       = "8.0.3.0"
	productBuild     = "22385739"
	controllerKey    = int32(1000)
	firstDiskKey     = int32(2000)
	interfaceKey     = int32(4000)
	interfaceUnit    = int32(7)
	memoryMegabytes  = 1024
	firstDatacenter  = "DC0"
	firstCluster     = "DC0_C0"
	firstClusterEnd  = "_C0"
	secondCluster    = "DC0_C1"
	virtualMachines  = "/DC0/vm"
	firstClusterPath = "/DC0/host/" + firstCluster
)

// initialInventory creates what a server starts with, as the package comment describes it.
type initialInventory struct {
	inventory *inventory
	storage   *storage
	vms       *vmStore
	power     *powerStates
	guests    *guestStore
	users     *userStore
	specs     *specStore
	count     int // of VMs
}

func (s *initialInventory) create() error {
	s.users.add(administrator, user{password: administratorPassword, all: true})
	s.users.add(restrictedUser, user{password: restrictedUser, privileges: readOnly})
	s.nameDatastores()
	s.configureClusters()
	s.specs.createInitial()
	s.sizeDatastores()

	return s.createVMs()
}

// nameDatastores names the datastores of further datacenters after them: a path names a datastore alone.
func (s *initialInventory) nameDatastores() {
	for _, entity := range s.inventory.registry.All("Datastore") {
		datastore, ok := entity.(*simulator.Datastore)
		datacenter := s.inventory.entityName(s.inventory.datacenter(entity.Reference()))
		if ok && datacenter != firstDatacenter {
			name := datacenter + "_" + datastore.Name
			datastore.Name, datastore.Summary.Name, datastore.Info.GetDatastoreInfo().Name = name, name, name
		}
	}
}

func (s *initialInventory) configureClusters() {
	ctx := s.inventory.newContext(administrator)
	for _, entity := range s.inventory.registry.All("ClusterComputeResource") {
		cluster, ok := entity.(*simulator.ClusterComputeResource)
		if !ok {
			continue
		}
		automatic := strings.HasSuffix(cluster.Name, firstClusterEnd)
		behaviour := types.DrsBehaviorManual
		if automatic {
			behaviour = types.DrsBehaviorFullyAutomated
		}
		s.inventory.registry.WithLock(ctx, cluster, func() {
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

// sizeDatastores gives every datastore 10 TiB, whatever the disk of this machine has.
func (s *initialInventory) sizeDatastores() {
	const capacity = 10 << 40
	for _, entity := range s.inventory.registry.All("Datastore") {
		if datastore, ok := entity.(*simulator.Datastore); ok {
			datastore.Summary.Capacity, datastore.Summary.FreeSpace = capacity, capacity
			datastore.Summary.Accessible = true
			datastore.Info.GetDatastoreInfo().FreeSpace = capacity
			datastore.Summary.MaintenanceMode = string(types.DatastoreSummaryMaintenanceModeStateNormal)
		}
	}
}

// createVMs creates the VMs and the template.
func (s *initialInventory) createVMs() error {
	ctx := s.inventory.newContext(administrator)
	for i := range s.count {
		ref, p := s.createInitialVM(ctx, fmt.Sprintf("%s_RP0_VM%d", firstCluster, i), diskBytes)
		if p != nil {
			return fmt.Errorf("create VM %d: %s", i, p.message())
		}
		if p := s.power.powerOn(ctx, ref); p != nil {
			return fmt.Errorf("power on VM %d: %s", i, p.message())
		}
		s.guests.setAddresses(ctx, ref, []string{s.guests.nextAddress()})
	}
	ref, p := s.createInitialVM(ctx, templateName, diskBytes, secondDiskBytes)
	if p != nil {
		return fmt.Errorf("create %s: %s", templateName, p.message())
	}
	if vm, ok := s.inventory.vm(ref); ok {
		s.vms.makeTemplate(ctx, vm)
	}

	return nil
}

func (s *initialInventory) createInitialVM(ctx *simulator.Context, name string, disks ...int64) (types.ManagedObjectReference, *problem) {
	folder, pool := s.mustRef(virtualMachines), s.mustRef(firstClusterPath+"/Resources")
	spec := types.VirtualMachineConfigSpec{
		Name: name, GuestId: string(types.VirtualMachineGuestOsIdentifierUbuntu64Guest), NumCPUs: 1,
		MemoryMB: memoryMegabytes, Uuid: newUUID(), InstanceUuid: newUUID(), DeviceChange: s.initialDevices(disks),
	}
	s.storage.placeFiles(&spec, "LocalDS_0")

	return s.vms.create(ctx, &types.CreateVM_Task{This: folder, Config: spec, Pool: pool})
}

func (s *initialInventory) initialDevices(disks []int64) []types.BaseVirtualDeviceConfigSpec {
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

func (s *initialInventory) initialNetwork() types.BaseVirtualDeviceBackingInfo {
	backing := &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{}
	group, ok := s.inventory.lookup("/DC0/network/DC0_DVPG0").(*simulator.DistributedVirtualPortgroup)
	if !ok {
		return backing
	}
	backing.Port.PortgroupKey = group.Key
	if group.Config.DistributedVirtualSwitch != nil {
		if dvs, ok := s.inventory.registry.Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch); ok {
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

// mustRef returns the reference of a path that the inventory starts with.
func (s *initialInventory) mustRef(path string) types.ManagedObjectReference {
	if entity := s.inventory.lookup(path); entity != nil {
		return entity.Reference()
	}

	return types.ManagedObjectReference{}
}
