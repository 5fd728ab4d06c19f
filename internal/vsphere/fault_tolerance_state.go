package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// FaultToleranceState is a VM's state in its pair as vim25 spells it (VirtualMachineFaultToleranceState).
type FaultToleranceState string

// The fault tolerance states.
const (
	FaultToleranceNotConfigured FaultToleranceState = "notConfigured" // no pair
	FaultToleranceDisabled      FaultToleranceState = "disabled"      // no secondary is enabled
	FaultToleranceEnabled       FaultToleranceState = "enabled"       // enabled, not powered on
	FaultToleranceNeedSecondary FaultToleranceState = "needSecondary" // the primary runs alone: no secondary is active
	FaultToleranceStarting      FaultToleranceState = "starting"      // the secondary is catching up
	FaultToleranceRunning       FaultToleranceState = "running"       // protected
)

// FaultToleranceRole is what a VM is in its pair.
type FaultToleranceRole string

// The roles. A VM without a pair has none.
const (
	RoleNone      FaultToleranceRole = ""
	RolePrimary   FaultToleranceRole = "primary"
	RoleSecondary FaultToleranceRole = "secondary"
)

// FaultTolerance is what a VM says of its pair (config.ftInfo, runtime.faultToleranceState), with what its partner says.
type FaultTolerance struct {
	VMID            string
	VMName          string // of the VM that was asked, literal
	InstanceUUID    string // of the VM that was asked
	ConnectionState string // runtime.connectionState of the VM that was asked
	NoConfig        bool   // as [VirtualMachine].NoConfig: whether there is a pair is not known

	State FaultToleranceState
	Role  FaultToleranceRole
	// PrimaryID and SecondaryID name the pair, whichever of the two was asked. Both are empty without a pair; the secondary's
	// is empty where a primary has none (any more).
	PrimaryID   string
	PrimaryName string // as users see it; empty without a primary that may be seen
	SecondaryID string
	// The instance UUIDs of both; empty for a VM that there is not, or that may not be seen.
	PrimaryInstanceUUID, SecondaryInstanceUUID string
	// What the secondary says of itself; zero where there is none or it may not be seen.
	SecondaryState      FaultToleranceState
	SecondaryHostID     string
	SecondaryPowerState PowerState
	// Orphaned is true for a member whose partner is not known to this vCenter (any more).
	Orphaned bool
	// MetroHostGroup is the host group of a metro cluster pair; nil for an ordinary one, and before API 8.0.3.
	MetroHostGroup *string
}

// VM returns what the state tells of the VM that was asked.
func (f FaultTolerance) VM() *VirtualMachine {
	return &VirtualMachine{
		ID: f.VMID, Name: f.VMName, InstanceUUID: f.InstanceUUID, ConnectionState: f.ConnectionState, NoConfig: f.NoConfig,
	}
}

// FaultTolerance reads the state of a VM's pair (RetrievePropertiesEx: one call for all VMs that are read within a few
// milliseconds, and one for their partners). A VM without a pair has RoleNone; errors are those of [Client.VirtualMachine].
func (c *Client) FaultTolerance(ctx context.Context, vmID string) (FaultTolerance, error) {
	return c.FaultToleranceWith(ctx, vmID, "")
}

// FaultToleranceWith is [Client.FaultTolerance] of a VM whose partner is likely to be partnerID: then both are read in one
// call.
func (c *Client) FaultToleranceWith(ctx context.Context, vmID, partnerID string) (FaultTolerance, error) {
	return load(ctx, c.pairs, pairKey{id: vmID, partner: partnerID})
}

// pairKey asks for the pair of one VM of a batch.
type pairKey struct {
	id      string
	partner string // most likely; empty: unknown
}

const (
	pairInfoPath  = "config.ftInfo"
	pairStatePath = "runtime.faultToleranceState"
	metroPath     = "config.metroFtHostGroup"
)

func (c *Client) readPairs(ctx context.Context, keys []pairKey) (map[pairKey]outcome[FaultTolerance], error) {
	ids := members(keys)
	paths := []string{"name", instanceUUIDPath, connectionPath, pairInfoPath, pairStatePath, "runtime.host", powerStatePath}
	if metro, err := c.conn.AtLeast(ctx, apiMetro); err == nil && metro {
		paths = append(paths, metroPath)
	}
	known, err := readVMs(ctx, c, ids, paths, func(p conn.Properties) conn.Properties { return p })
	if err != nil {
		return nil, err
	}
	var others []string
	for _, key := range keys {
		_, partners, _ := pairInfo(known[key.id].value)
		for _, id := range partners {
			if _, read := known[id]; !read && !slices.Contains(others, id) {
				others = append(others, id)
			}
		}
	}
	if len(others) > 0 {
		more, err := readVMs(ctx, c, others, paths, func(p conn.Properties) conn.Properties { return p })
		if err != nil {
			return nil, err
		}
		maps.Copy(known, more)
	}
	pairs := make(map[pairKey]outcome[FaultTolerance], len(keys))
	for _, key := range keys {
		if member, ok := known[key.id]; ok {
			pairs[key] = outcome[FaultTolerance]{value: newPair(member.value, known), err: member.err}
		}
	}

	return pairs, nil
}

// members returns the VMs that are asked for and their likely partners, each once.
func members(keys []pairKey) []string {
	var ids []string
	for _, key := range keys {
		ids = append(ids, key.id)
		if key.partner != "" {
			ids = append(ids, key.partner)
		}
	}
	slices.Sort(ids)

	return slices.Compact(ids)
}

// pairInfo returns what a VM's ftInfo says: its role, the other members, and whether they are known.
func pairInfo(p conn.Properties) (role FaultToleranceRole, partners []string, orphaned bool) {
	if primary := conn.Get[types.FaultTolerancePrimaryConfigInfo](p, pairInfoPath); primary.Role != 0 {
		return RolePrimary, ids(primary.Secondaries), isTrue(primary.Orphaned)
	}
	if secondary := conn.Get[types.FaultToleranceSecondaryConfigInfo](p, pairInfoPath); secondary.Role != 0 {
		return RoleSecondary, ids([]types.ManagedObjectReference{secondary.PrimaryVM}), isTrue(secondary.Orphaned)
	}

	return RoleNone, nil, false
}

func pairRole(p conn.Properties) FaultToleranceRole {
	role, _, _ := pairInfo(p)

	return role
}

func ids(refs []types.ManagedObjectReference) []string {
	found := make([]string, 0, len(refs))
	for _, ref := range refs {
		found = append(found, ref.Value)
	}

	return found
}

func isTrue(value *bool) bool { return value != nil && *value }

// newPair puts together what the members say. The result is about p.
func newPair(p conn.Properties, members map[string]outcome[conn.Properties]) FaultTolerance {
	role, partners, orphaned := pairInfo(p)
	pair := FaultTolerance{
		VMID: p.Ref.Value, VMName: conn.UnescapeName(conn.Get[string](p, "name")), InstanceUUID: conn.Get[string](p, instanceUUIDPath),
		ConnectionState: connectionState(p), NoConfig: !hasConfig(p), State: pairState(p), Role: role, Orphaned: orphaned,
	}
	partner := ""
	if len(partners) > 0 {
		partner = partners[0]
	}
	switch role {
	case RolePrimary:
		pair.PrimaryID, pair.SecondaryID = pair.VMID, partner
	case RoleSecondary:
		pair.PrimaryID, pair.SecondaryID = partner, pair.VMID
	case RoleNone:
		return pair
	}
	if primary, ok := members[pair.PrimaryID]; ok && primary.err == nil {
		pair.PrimaryInstanceUUID = conn.Get[string](primary.value, instanceUUIDPath)
		pair.PrimaryName = conn.UnescapeName(conn.Get[string](primary.value, "name"))
	}
	if secondary, ok := members[pair.SecondaryID]; ok && secondary.err == nil {
		pair.SecondaryInstanceUUID = conn.Get[string](secondary.value, instanceUUIDPath)
		pair.SecondaryState = pairState(secondary.value)
		pair.SecondaryHostID = secondary.value.RefID("runtime.host")
		pair.SecondaryPowerState = PowerState(conn.Get[types.VirtualMachinePowerState](secondary.value, powerStatePath))
	}
	if group := conn.Get[string](p, metroPath); group != "" {
		pair.MetroHostGroup = &group
	}

	return pair
}

func pairState(p conn.Properties) FaultToleranceState {
	return FaultToleranceState(conn.Get[types.VirtualMachineFaultToleranceState](p, pairStatePath))
}

// CheckFaultTolerance asks vCenter what keeps a VM from being made fault tolerant
// (QueryFaultToleranceCompatibilityEx, API 6.0). The error says that the check could not be made, not that it found
// something.
func (c *Client) CheckFaultTolerance(ctx context.Context, vmID string) ([]CheckFinding, error) {
	what := httpapi.Call{Op: "QueryFaultToleranceCompatibilityEx", Object: vmID}
	if err := c.conn.Require(ctx, what, apiSecondaryEx); err != nil {
		return nil, err
	}
	answer, err := conn.Call(ctx, c.conn.Method(what), methods.QueryFaultToleranceCompatibilityEx,
		&types.QueryFaultToleranceCompatibilityEx{This: vmRef(vmID)})
	if err != nil {
		return nil, err
	}

	return findings(httpapi.Call{Op: createSecondaryExOp, Object: vmID}, []types.CheckResult{{Error: answer.Returnval}}), nil
}
