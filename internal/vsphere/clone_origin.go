package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"
)

// TPMPolicy says what a clone gets in place of its source's virtual TPM (VirtualMachineCloneSpecTpmProvisionPolicy, API 8.0).
type TPMPolicy string

// The policies. The zero value leaves it to vCenter, which copies unless it is set up otherwise.
const (
	TPMCopy    TPMPolicy = "copy"    // a copy, with its secrets
	TPMReplace TPMPolicy = "replace" // a new one, without secrets
)

// tpmPolicyVersion is the vim25 version from which on a clone takes a [TPMPolicy].
const tpmPolicyVersion = "8.0.0.1"

// RequireTPMPolicy is an error of kind Unsupported (apierr.CodeVersionTooOld) when this vCenter is too old for a [TPMPolicy]. It needs no
// request after the first call.
func (c *Client) RequireTPMPolicy(ctx context.Context) error {
	return c.conn.Require(ctx, cloneTaskCall(""), tpmPolicyVersion)
}

// CloneOrigin says what a clone is made of, and what as; only [Client.StartCloneTask] takes it. The zero value is a VM of its own, made of
// the source as it is now.
type CloneOrigin struct {
	SnapshotID string // the point of the source to clone
	Linked     bool   // the disks are children of the snapshot's, which is needed then: nothing is copied
	Template   bool   // the clone is a template, which is in no pool and never powered on
	TPMPolicy  TPMPolicy
}

// apply adds the origin to the rest of a request. Each disk that has a place of its own says by itself that it is linked: what is said of
// one disk overrides what is said of all, and an entry without it makes a full copy.
func (o CloneOrigin) apply(spec *types.VirtualMachineCloneSpec) {
	if o.SnapshotID != "" {
		ref := snapshotRef(o.SnapshotID)
		spec.Snapshot = &ref
	}
	if o.Linked {
		linked := string(types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking)
		spec.Location.DiskMoveType = linked
		for i := range spec.Location.Disk {
			spec.Location.Disk[i].DiskMoveType = linked
		}
	}
	spec.TpmProvisionPolicy = string(o.TPMPolicy)
	if o.Template {
		spec.Template, spec.PowerOn = true, false
	}
}
