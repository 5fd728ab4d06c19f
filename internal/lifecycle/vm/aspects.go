package vm

import "slices"

// Aspect is the part of an operation that a fault is about, where the fault names no object of the configuration.
type Aspect int

// The aspects. The zero value is none of them.
const (
	AspectUnknown Aspect = iota
	AspectSource
	AspectDatastore
	AspectPool
	AspectHost
	AspectNetwork
	AspectCPU
	AspectMemory
	AspectDisks
)

// faultsAbout lists vim25 faults by their aspect.
var faultsAbout = map[Aspect][]string{
	AspectSource: {
		"InvalidState", "InvalidPowerState", "InvalidVmState", "MigrationFault", "MigrationFeatureNotSupported", "MigrationNotReady",
		"DisallowedMigrationDeviceAttached", "SnapshotCopyNotSupported", "SnapshotMoveFromNonHomeNotSupported", "SnapshotMoveNotSupported",
		"VMOnVirtualIntranet", "VMOnConflictDVPort", "NoDisksToCustomize", "UncustomizableGuest", "ToolsUnavailable",
	},
	AspectDatastore: {
		"InvalidDatastore", "InaccessibleDatastore", "DatastoreNotWritableOnHost", "InvalidDatastorePath", "InvalidDatastoreState", "FileFault",
		"CannotAccessFile", "CannotCreateFile", "FileAlreadyExists", "FileLocked", "FileNotFound", "FileTooLarge", "NoDiskSpace",
		"InsufficientStorageSpace", "InsufficientStorageIops", "StorageVMotionNotSupported", "StorageVmotionIncompatible",
	},
	AspectPool: {
		"InsufficientResourcesFault", "InsufficientCpuResourcesFault", "InsufficientMemoryResourcesFault", "InsufficientFailoverResourcesFault",
		"InsufficientPerCpuCapacity", "InsufficientAgentVmsDeployed", "InsufficientGraphicsResourcesFault", "ResourceNotAvailable",
	},
	AspectHost: {
		"HostCommunication", "HostNotConnected", "HostNotReachable", "HostInventoryFull", "InvalidHostState", "CannotAccessVmComponent",
		"CannotAccessVmDevice", "CannotAccessVmDisk", "InsufficientHostCapacityFault", "InsufficientHostCpuCapacityFault",
		"InsufficientHostMemoryCapacityFault", "CpuIncompatible", "CpuIncompatible1ECX", "CpuIncompatible81EDX", "FeatureRequirementsNotMet",
		"IncompatibleHostForVmReplication", "HAErrorsAtDest", "VirtualHardwareVersionNotSupported", "VirtualHardwareCompatibilityIssue",
	},
	AspectNetwork: {
		"CannotAccessNetwork", "CannotUseNetwork", "NetworksMayNotBeTheSame", "DestinationSwitchFull",
		"VirtualEthernetCardNotSupported", "LegacyNetworkInterfaceInUse",
	},
	AspectCPU: {
		"NumVirtualCpusNotSupported", "NumVirtualCpusIncompatible", "NumVirtualCpusExceedsLimit", "NumVirtualCoresPerSocketNotSupported",
		"NotEnoughCpus", "NotEnoughLogicalCpus", "CpuHotPlugNotSupported",
	},
	AspectMemory: {
		"MemorySizeNotSupported", "MemorySizeNotSupportedByDatastore", "MemorySizeNotRecommended", "MemoryHotPlugNotSupported",
	},
	AspectDisks: {
		"DiskNotSupported", "InvalidDiskFormat", "InvalidDeviceBacking", "InvalidDeviceOperation", "InvalidDeviceSpec", "InvalidController",
		"MissingController", "TooManyDevices", "RDMNotSupported", "RDMConversionNotSupported", "IDEDiskNotSupported", "DeviceUnsupportedForVmVersion",
	},
}

// aspectOf returns what a fault is about, by its type.
func aspectOf(code string) Aspect {
	for aspect, codes := range faultsAbout {
		if slices.Contains(codes, code) {
			return aspect
		}
	}

	return AspectUnknown
}
