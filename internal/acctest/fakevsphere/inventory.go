package fakevsphere

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// About is part of the client.
func (f *VCenter) About(ctx context.Context) (vsphere.About, error) {
	return vsphere.About{InstanceUUID: f.UUID}, f.Note(ctx, "About")
}

// ServerTime is part of the client.
func (f *VCenter) ServerTime(ctx context.Context) (time.Time, error) {
	return time.Now(), f.Note(ctx, "ServerTime")
}

// UserName is part of the client.
func (f *VCenter) UserName(ctx context.Context) (string, error) {
	return "VSPHERE.LOCAL\\ci", f.Note(ctx, "UserName")
}

// VirtualMachine is part of the client.
func (f *VCenter) VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if err := f.Note(ctx, "VirtualMachine"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.VMs[id]
	if !ok {
		return nil, Gone("RetrievePropertiesEx", id)
	}
	seen := *vm

	return &seen, nil
}

// SnapshotTree is part of the client: it is what [VCenter].Snapshots says.
func (f *VCenter) SnapshotTree(ctx context.Context, vmID string) (vsphere.SnapshotTree, error) {
	if err := f.Note(ctx, "SnapshotTree"); err != nil {
		return vsphere.SnapshotTree{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return vsphere.SnapshotTree{VMID: vmID, Snapshots: slices.Clone(f.Snapshots[vmID])}, nil
}

// RequireTPMPolicy is part of the client.
func (f *VCenter) RequireTPMPolicy(ctx context.Context) error { return f.Note(ctx, "RequireTPMPolicy") }

// LinkedClones is part of the client: it is what [VCenter].Linked says.
func (f *VCenter) LinkedClones(ctx context.Context, sourceID string) ([]vsphere.LinkedClone, error) {
	if err := f.Note(ctx, "LinkedClones"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return slices.Clone(f.Linked[sourceID]), nil
}

// VMWithInstanceUUID is part of the client.
func (f *VCenter) VMWithInstanceUUID(ctx context.Context, uuid string) (string, error) {
	if err := f.Note(ctx, "VMWithInstanceUUID"); err != nil {
		return "", err
	}
	for _, found := range f.find(func(vm *vsphere.VirtualMachine) bool { return vm.InstanceUUID == uuid && !vm.NoConfig }) {
		return found.ID, nil
	}

	return "", nil
}

// VMsWithoutConfig is part of the client.
func (f *VCenter) VMsWithoutConfig(ctx context.Context) ([]*vsphere.VirtualMachine, error) {
	if err := f.Note(ctx, "VMsWithoutConfig"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var all []*vsphere.VirtualMachine
	for _, vm := range f.VMs {
		if vm.NoConfig {
			seen := *vm
			all = append(all, &seen)
		}
	}

	return all, nil
}

// Object is part of the client.
func (f *VCenter) Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error) {
	if err := f.Note(ctx, "Object"); err != nil {
		return vsphere.Object{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	object, ok := f.Places[id]
	if !ok || object.Type != kind {
		return vsphere.Object{}, Gone("RetrievePropertiesEx", id)
	}

	return object, nil
}

// DatacenterOf is part of the client: there is one.
func (f *VCenter) DatacenterOf(ctx context.Context, _ vsphere.ObjectType, _ string) (string, error) {
	return "datacenter-1", f.Note(ctx, "DatacenterOf")
}

// HostsOf is part of the client: every host sees every datastore.
func (f *VCenter) HostsOf(ctx context.Context, computeID string) ([]vsphere.Host, error) {
	if err := f.Note(ctx, "HostsOf"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var hosts []vsphere.Host
	for id, place := range f.Places {
		if place.Type == vsphere.TypeHost && place.ClusterID == computeID {
			hosts = append(hosts, vsphere.Host{
				ID: id, Name: id, Connected: place.Accessible, Maintenance: place.Maintenance,
				DatastoreIDs: []string{"datastore-1", "datastore-2"},
			})
		}
	}
	slices.SortFunc(hosts, func(a, b vsphere.Host) int { return strings.Compare(a.ID, b.ID) })

	return hosts, nil
}

// NamedIn is part of the client.
func (f *VCenter) NamedIn(ctx context.Context, folderID, name string) ([]vsphere.Object, error) {
	if err := f.Note(ctx, "NamedIn"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return vm.Name == name && vm.Placement.FolderID == folderID }), nil
}

// FindObjects is part of the client.
func (f *VCenter) FindObjects(ctx context.Context, _ vsphere.ObjectType, path string) ([]vsphere.Object, error) {
	if err := f.Note(ctx, "FindObjects"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return "/DC/vm/"+vm.Name == path }), nil
}

// Near is part of the client: it finds the VMs whose paths differ in case alone.
func (f *VCenter) Near(ctx context.Context, _ vsphere.ObjectType, path string) (vsphere.Nearby, error) {
	if err := f.Note(ctx, "Near"); err != nil {
		return vsphere.Nearby{}, err
	}

	return vsphere.Nearby{Objects: f.find(func(vm *vsphere.VirtualMachine) bool { return strings.EqualFold("/DC/vm/"+vm.Name, path) })}, nil
}

func (f *VCenter) find(match func(vm *vsphere.VirtualMachine) bool) []vsphere.Object {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var found []vsphere.Object
	for _, vm := range f.VMs {
		if match(vm) {
			found = append(found, vsphere.Object{Type: vsphere.TypeVirtualMachine, ID: vm.ID, Name: vm.Name, Path: "/DC/vm/" + vm.Name})
		}
	}

	return found
}

// CustomizationSpecExists is part of the client.
func (f *VCenter) CustomizationSpecExists(ctx context.Context, name string) (bool, error) {
	return name == "linux", f.Note(ctx, "CustomizationSpecExists")
}

// Origin is part of the client.
func (f *VCenter) Origin(ctx context.Context, vmID string) (vsphere.Origin, error) {
	return f.Origins[vmID], f.Note(ctx, "Origin")
}

// MissingClonePrivileges is part of the client.
func (f *VCenter) MissingClonePrivileges(ctx context.Context, _ vsphere.CloneSpec) ([]apierr.MissingPrivilege, error) {
	return f.Missing, f.Note(ctx, "MissingClonePrivileges")
}

// AcquireTaskSlot is part of the client.
func (f *VCenter) AcquireTaskSlot(ctx context.Context) (func(), error) {
	return func() { _ = f.Note(context.WithoutCancel(ctx), "release") }, f.Note(ctx, "AcquireTaskSlot")
}
