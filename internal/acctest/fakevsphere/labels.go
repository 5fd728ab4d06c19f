package fakevsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Tag is part of the client.
func (f *VCenter) Tag(ctx context.Context, id string) (vsphere.Tag, error) {
	if err := f.Note(ctx, "Tag"); err != nil {
		return vsphere.Tag{}, err
	}
	tag, ok := f.Tags[id]
	if !ok {
		return tag, Gone("GET tag", id)
	}

	return tag, nil
}

// TagCategory is part of the client.
func (f *VCenter) TagCategory(ctx context.Context, id string) (vsphere.TagCategory, error) {
	return f.Categories[id], f.Note(ctx, "TagCategory")
}

// AttachedTags is part of the client.
func (f *VCenter) AttachedTags(ctx context.Context, vmID string) ([]string, error) {
	err := f.Note(ctx, "AttachedTags")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if vm := f.VMs[vmID]; err == nil && vm != nil {
		return slices.Clone(vm.Tags), nil
	}

	return nil, err
}

// AttachTags is part of the client.
func (f *VCenter) AttachTags(ctx context.Context, vmID string, tagIDs []string) error {
	err := f.Note(ctx, "AttachTags")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if vm := f.VMs[vmID]; err == nil && vm != nil {
		vm.Tags = slices.Sorted(slices.Values(slices.Concat(vm.Tags, tagIDs)))
	}

	return err
}

// DetachTags is part of the client.
func (f *VCenter) DetachTags(ctx context.Context, vmID string, tagIDs []string) error {
	err := f.Note(ctx, "DetachTags")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if vm := f.VMs[vmID]; err == nil && vm != nil {
		vm.Tags = slices.DeleteFunc(slices.Clone(vm.Tags), func(id string) bool { return slices.Contains(tagIDs, id) })
	}

	return err
}

// CustomAttributes is part of the client.
func (f *VCenter) CustomAttributes(ctx context.Context) ([]vsphere.CustomAttribute, error) {
	return f.Attributes, f.Note(ctx, "CustomAttributes")
}

// SetCustomAttribute is part of the client.
func (f *VCenter) SetCustomAttribute(ctx context.Context, vmID string, key int32, value string) error {
	if err := f.Note(ctx, "SetCustomAttribute"); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	values := maps.Clone(f.VMs[vmID].CustomAttributes)
	if values == nil {
		values = map[string]string{}
	}
	for _, attribute := range f.Attributes {
		if attribute.Key == key {
			values[attribute.Name] = value
		}
	}
	maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
	f.VMs[vmID].CustomAttributes = values

	return nil
}

// MissingLabelPrivileges is part of the client.
func (f *VCenter) MissingLabelPrivileges(
	ctx context.Context, _ vsphere.LabelSubject, _, _ bool,
) ([]apierr.MissingPrivilege, error) {
	return f.Missing, f.Note(ctx, "MissingLabelPrivileges")
}

// MissingTagPrivileges is part of the client.
func (f *VCenter) MissingTagPrivileges(ctx context.Context) ([]apierr.MissingPrivilege, error) {
	return nil, f.Note(ctx, "MissingTagPrivileges")
}
