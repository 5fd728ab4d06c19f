package vspheresnapshot

import (
	"context"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// LinkedClones is part of the client.
func (f *fakeVSphere) LinkedClones(ctx context.Context, _ string) ([]vsphere.LinkedClone, error) {
	if err := f.note(ctx, "LinkedClones"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return slices.Clone(f.linked), nil
}
