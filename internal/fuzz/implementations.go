package fuzz

import (
	"reflect"
	"strings"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
)

// derived names types that stand for a base type in requests, some for each base. vim25 cannot be asked for all of them.
var derived = strings.Fields(`
	VirtualDisk VirtualE1000 VirtualVmxnet3 VirtualE1000e VirtualSriovEthernetCard VirtualCdrom VirtualFloppy VirtualSerialPort VirtualParallelPort
	VirtualUSB VirtualTPM VirtualPCIPassthrough VirtualLsiLogicController ParaVirtualSCSIController VirtualIDEController VirtualAHCIController
	VirtualNVMEController VirtualKeyboard VirtualPointingDevice VirtualMachineVideoCard VirtualMachineVMCIDevice
	VirtualDiskFlatVer2BackingInfo VirtualDiskSparseVer2BackingInfo VirtualDiskSeSparseBackingInfo VirtualDiskRawDiskMappingVer1BackingInfo
	VirtualEthernetCardNetworkBackingInfo VirtualEthernetCardDistributedVirtualPortBackingInfo VirtualEthernetCardOpaqueNetworkBackingInfo
	VirtualCdromIsoBackingInfo VirtualCdromRemotePassthroughBackingInfo VirtualSerialPortFileBackingInfo VirtualSerialPortURIBackingInfo
	VirtualDeviceConfigSpec VirtualMachineConfigSpec OptionValue CryptoSpecEncrypt CryptoSpecDeepRecrypt CryptoSpecDecrypt VirtualMachineDefinedProfileSpec
	VirtualMachineEmptyProfileSpec CustomizationLinuxPrep CustomizationSysprep CustomizationSysprepText CustomizationCloudinitPrep CustomizationFixedIp
	CustomizationDhcpIpGenerator CustomizationFixedName CustomizationVirtualMachineName CustomizationPrefixName CustomizationLinuxOptions
	CustomizationWinOptions TraversalSpec SelectionSpec EventFilterSpec ClusterConfigSpecEx ClusterConfigSpec HostConnectSpec VMwareDVSConfigSpec
	DVSConfigSpec DVSCreateSpec DVPortgroupConfigSpec VMwareDVSPortSetting DVPortSetting VmwareDistributedVirtualSwitchVlanIdSpec
	VmwareDistributedVirtualSwitchTrunkVlanSpec GuestProgramSpec NamePasswordAuthentication GuestFileAttributes GuestPosixFileAttributes FileQuery
	VmDiskFileQuery FolderFileQuery IsoImageFileQuery VmConfigFileQuery FileBackedVirtualDiskSpec VirtualDiskSpec VslmCreateSpecDiskFileBackingSpec
	VirtualMachineWindowsQuiesceSpec VirtualMachineGuestQuiesceSpec AlarmSpec StateAlarmExpression MetricAlarmExpression OrAlarmExpression EventAlarmExpression
	SendEmailAction MethodAction GroupAlarmAction AlarmTriggeringAction DailyTaskScheduler AfterStartupTaskScheduler GeneralUserEvent EventEx VmPoweredOnEvent
	UserSearchResult LicenseEvent ResourceConfigSpec VirtualMachinePowerPolicy HostVirtualNicSpec HostVirtualSwitchBondBridge HostNasVolumeSpec VmfsDatastoreCreateSpec
	ClusterDasVmConfigSpec ClusterDrsVmConfigSpec ClusterRuleSpec ClusterAffinityRuleSpec ClusterAntiAffinityRuleSpec ClusterVmHostRuleInfo ClusterVmGroup
	ClusterHostGroup ClusterVmToolsMonitoringSettings StoragePlacementSpec PlacementSpec NotFound InvalidArgument VAppConfigSpec VmConfigSpec ElementDescription
	SingleIp IpRange DvsIpPortRange VirtualDevicePciBusSlotInfo VirtualDeviceDeviceBackingInfo VirtualDeviceFileBackingInfo VirtualDeviceRemoteDeviceBackingInfo`)

// known remembers the implementations of each interface.
var known sync.Map

// implementations returns the types that can stand for an interface: its own base type, and derived ones.
func implementations(of reflect.Type) []reflect.Type {
	if found, ok := known.Load(of); ok {
		kinds, _ := found.([]reflect.Type) // nothing else is stored

		return kinds
	}
	var found []reflect.Type
	for _, name := range append([]string{strings.TrimPrefix(of.Name(), "Base")}, derived...) {
		if kind, ok := types.TypeFunc()(name); ok && reflect.PointerTo(kind).Implements(of) {
			found = append(found, kind)
		}
	}
	known.Store(of, found)

	return found
}
