package zstack

import "github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"

// CloneSpec says what to clone and how; see [job.CloneSpec].
type CloneSpec = job.CloneSpec

// Strategy is what state a clone ends in; see [job.Strategy].
type Strategy = job.Strategy

// The strategies.
const (
	StrategyInstantStart  Strategy = "InstantStart"  // Running
	StrategyCreateStopped Strategy = "CreateStopped" // Stopped; since about ZStack 3.10
	StrategyJustCreate    Strategy = "JustCreate"    // Created: a record without anything on a host
)

// VMUpdate is what to change of a VM; nil keeps it.
type VMUpdate struct {
	Name        *string // at most 255 characters
	Description *string // at most 2048 characters
	CPUCount    *int64  // 1 to 1024
	MemoryBytes *int64
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

// DeleteScope is what the deletion of a snapshot takes along.
type DeleteScope string

// The scopes of a deletion. A version that does not know them deletes by [ScopeChain].
const (
	ScopeChain  DeleteScope = "chain"  // all snapshots that depend on it
	ScopeSingle DeleteScope = "single" // nothing: its data is merged into its neighbour
)

// SnapshotGroupSpec says which snapshots to make (CreateVolumeSnapshotGroup).
type SnapshotGroupSpec struct {
	// ResourceUUID becomes the group's uuid, from [NewUUID]: by it a request whose answer was lost can be looked up.
	ResourceUUID   string
	RootVolumeUUID string
	Name           string
	Description    string
	WithMemory     bool
}
