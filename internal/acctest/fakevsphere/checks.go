package fakevsphere

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// CheckClone is part of the client.
func (f *VCenter) CheckClone(ctx context.Context, _ vsphere.CloneSpec) ([]vsphere.CheckFinding, error) {
	return f.Found, f.Note(ctx, "CheckClone")
}

// CheckInstantClone is part of the client.
func (f *VCenter) CheckInstantClone(ctx context.Context, _ vsphere.InstantCloneSpec) ([]vsphere.CheckFinding, error) {
	return f.Found, f.Note(ctx, "CheckInstantClone")
}

// CheckRelocate is part of the client.
func (f *VCenter) CheckRelocate(ctx context.Context, _ string, _ vsphere.RelocateSpec) ([]vsphere.CheckFinding, error) {
	return f.Found, f.Note(ctx, "CheckRelocate")
}
