package fakevsphere

import (
	"context"
	"maps"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// RequireInstantClone is part of the client.
func (f *VCenter) RequireInstantClone(ctx context.Context) error {
	if f.TooOld {
		return &apierr.Error{Kind: apierr.Unsupported, Code: apierr.CodeVersionTooOld, Arguments: []string{"6.7", "6.5"}}
	}

	return f.Note(ctx, "RequireInstantClone")
}

// MissingFirstPrivileges is part of the client.
func (f *VCenter) MissingFirstPrivileges(
	ctx context.Context, _ vsphere.Placement, _ vsphere.Changes,
) ([]apierr.MissingPrivilege, error) {
	return nil, f.Note(ctx, "MissingFirstPrivileges")
}

// MissingInstantClonePrivileges is part of the client.
func (f *VCenter) MissingInstantClonePrivileges(
	ctx context.Context, _ vsphere.InstantCloneSpec,
) ([]apierr.MissingPrivilege, error) {
	return f.Missing, f.Note(ctx, "MissingInstantClonePrivileges")
}

// StartInstantClone is part of the client.
func (f *VCenter) StartInstantClone(ctx context.Context, spec vsphere.InstantCloneSpec) (task.Handle[string], error) {
	err := f.Note(ctx, "StartInstantClone")
	if err != nil && !apierr.IsAnswerLost(err) {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.InstantSpecs = append(f.InstantSpecs, spec)
	started := f.start(func(vsphere.PowerState) string { return f.addInstant(spec) })
	if err != nil {
		return nil, err
	}

	return started, nil
}

// addInstant puts an instant clone into the inventory. It is called with the mutex held.
func (f *VCenter) addInstant(spec vsphere.InstantCloneSpec) string {
	id := f.Add(vsphere.CloneSpec{Name: spec.Name, Placement: vsphere.Placement{
		FolderID: spec.FolderID, ResourcePoolID: spec.ResourcePoolID, DatastoreID: spec.DatastoreID,
	}}, vsphere.PoweredOn)
	vm := f.VMs[id]
	if spec.BIOSUUID != "" {
		vm.BIOSUUID = spec.BIOSUUID
	}
	f.editNetworkInterfaces(vm, spec.NetworkInterfaces)
	f.setExtra(id, spec.ExtraConfig)

	return id
}

// editNetworkInterfaces changes network interfaces. It is called with the mutex held.
func (f *VCenter) editNetworkInterfaces(vm *vsphere.VirtualMachine, edits map[string]vsphere.NetworkInterfaceEdit) {
	vm.NetworkInterfaces, vm.StartConnected = maps.Clone(vm.NetworkInterfaces), maps.Clone(vm.StartConnected)
	for key, edit := range edits {
		network := vm.NetworkInterfaces[key]
		if edit.NetworkID != "" {
			network.NetworkID = edit.NetworkID
		}
		if edit.MACAddress != "" {
			network.MACAddress = edit.MACAddress
		}
		if edit.Connected != nil {
			network.Connected = *edit.Connected
		}
		vm.NetworkInterfaces[key] = network
		if edit.StartConnected != nil {
			vm.StartConnected[key] = *edit.StartConnected
		}
	}
}

// setExtra sets extraConfig; an empty value removes a key. It is called with the mutex held.
func (f *VCenter) setExtra(id string, settings map[string]string) {
	if f.Extra == nil {
		f.Extra = map[string]map[string]string{}
	}
	if f.Extra[id] == nil {
		f.Extra[id] = map[string]string{"svga.present": "TRUE"}
	}
	for key, value := range settings {
		if f.Extra[id][key] = value; value == "" {
			delete(f.Extra[id], key)
		}
	}
}

// InstantCloneTask is part of the client.
func (f *VCenter) InstantCloneTask(id string) task.Handle[string] { return f.CloneTask(id) }

// FindInstantClone is part of the client; it answers as FindClone does.
func (f *VCenter) FindInstantClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	return f.FindClone(ctx, search)
}

// VirtualMachineWith is part of the client.
func (f *VCenter) VirtualMachineWith(ctx context.Context, id string, extras vsphere.Extras) (*vsphere.VirtualMachine, error) {
	seen, err := f.VirtualMachine(ctx, id)
	if err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if extras.Settings {
		seen.ExtraConfig = maps.Clone(f.Extra[id])
	}

	return seen, nil
}
