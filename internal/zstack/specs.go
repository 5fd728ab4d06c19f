package zstack

// Strategy is what state a clone ends in.
type Strategy string

// The strategies.
const (
	StrategyInstantStart  Strategy = "InstantStart"  // Running
	StrategyCreateStopped Strategy = "CreateStopped" // Stopped; since about ZStack 3.10
	StrategyJustCreate    Strategy = "JustCreate"    // Created: a record without anything on a host
)

// CloneSpec says what to clone and how (CloneVmInstance). Only SourceUUID and Name are required. Specs that differ in
// nothing but the name may share a call.
type CloneSpec struct {
	SourceUUID string
	Name       string
	Strategy   Strategy // empty leaves it to the platform, which takes InstantStart
	Full       bool     // clones the data volumes too; since ZStack 2.5.0
	SystemTags []string
	UserTags   []string

	RootVolumeSystemTags            []string
	DataVolumeSystemTags            []string
	PrimaryStorageUUIDForRootVolume string // since about ZStack 3.2
	PrimaryStorageUUIDForDataVolume string
	ClusterUUID                     string
	HostUUID                        string // since about ZStack 4.7
}

// VMUpdate is what to change of a VM; nil keeps it.
type VMUpdate struct {
	Name        *string // at most 255 characters
	Description *string // at most 2048 characters
}

// StopType is how a VM is stopped.
type StopType string

// The ways to stop a VM.
const (
	StopGrace StopType = "grace" // asks the guest
	StopCold  StopType = "cold"  // pulls the plug
)

// DeleteMode is whether a deletion may be refused.
type DeleteMode string

// The modes of a deletion.
const (
	DeletePermissive DeleteMode = "Permissive"
	DeleteEnforcing  DeleteMode = "Enforcing"
)

// SnapshotGroupSpec says which snapshots to make (CreateVolumeSnapshotGroup).
type SnapshotGroupSpec struct {
	// ResourceUUID becomes the group's uuid, from [NewUUID]: who knows it can look up a request whose answer was lost.
	ResourceUUID   string
	RootVolumeUUID string
	Name           string
	Description    string
	WithMemory     bool
}
