package fakevsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// StoragePolicyIDs answers the ids of Policies.
func (f *VCenter) StoragePolicyIDs(ctx context.Context) ([]string, error) {
	if err := f.Note(ctx, "StoragePolicyIDs"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return slices.Collect(maps.Values(f.Policies)), nil
}

// StoragePolicyEncrypts answers that none does.
func (f *VCenter) StoragePolicyEncrypts(ctx context.Context, _ string) (bool, error) {
	return false, f.Note(ctx, "StoragePolicyEncrypts")
}

// StoragePolicyOf answers from Policies.
func (f *VCenter) StoragePolicyOf(ctx context.Context, of vsphere.Policied) (string, error) {
	if err := f.Note(ctx, "StoragePolicyOf"); err != nil {
		return "", err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return f.Policies[of], nil
}
