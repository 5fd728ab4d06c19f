package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// datastoreBrowsers gives each host and each environment browser a browser of its datastores. govmomi has them for datastores alone.
// It is told by the registry of each object that is added or removed.
type datastoreBrowsers struct {
	Self      types.ManagedObjectReference
	inventory *inventory
}

// newDatastoreBrowsers gives browsers to all that is there, and to what is added from now on.
func newDatastoreBrowsers(inventory *inventory) {
	s := &datastoreBrowsers{Self: refOf("VmforkObserver", "browsers"), inventory: inventory}
	ctx := &simulator.Context{Map: inventory.registry}
	for _, object := range slices.Concat(inventory.registry.AllReference(hostType), inventory.registry.AllReference(environmentType)) {
		s.PutObject(ctx, object)
	}
	inventory.registry.AddHandler(s)
}

const (
	hostType        = "HostSystem"
	environmentType = "EnvironmentBrowser"
)

// Reference implements mo.Reference.
func (s *datastoreBrowsers) Reference() types.ManagedObjectReference { return s.Self }

// PutObject implements simulator.RegisterObject.
func (s *datastoreBrowsers) PutObject(_ *simulator.Context, object mo.Reference) {
	switch owner := object.(type) {
	case *simulator.HostSystem:
		owner.DatastoreBrowser = s.add(owner.Self, func() []types.ManagedObjectReference { return owner.Datastore })
	case *simulator.EnvironmentBrowser:
		added := s.add(owner.Self, func() []types.ManagedObjectReference { return s.datastoresOf(owner.Self) })
		owner.DatastoreBrowser = &added
	}
}

// UpdateObject implements simulator.RegisterObject.
func (s *datastoreBrowsers) UpdateObject(*simulator.Context, mo.Reference, []types.PropertyChange) {}

// RemoveObject implements simulator.RegisterObject.
func (s *datastoreBrowsers) RemoveObject(ctx *simulator.Context, ref types.ManagedObjectReference) {
	if ref.Type == hostType || ref.Type == environmentType {
		s.inventory.registry.Remove(ctx, browserOf(ref))
	}
}

// browserOf returns the reference of an owner's browser.
func browserOf(owner types.ManagedObjectReference) types.ManagedObjectReference {
	return refOf("HostDatastoreBrowser", "datastoreBrowser-"+owner.Value)
}

func (s *datastoreBrowsers) add(owner types.ManagedObjectReference, datastores func() []types.ManagedObjectReference) types.ManagedObjectReference {
	browser := &datastoreBrowser{datastores: datastores}
	browser.Self = browserOf(owner)
	if s.inventory.registry.Get(browser.Self) == nil {
		s.inventory.registry.Put(browser)
	}

	return browser.Self
}

// datastoresOf returns the datastores of the cluster, or of the host outside of clusters, that an environment browser is of.
func (s *datastoreBrowsers) datastoresOf(environment types.ManagedObjectReference) []types.ManagedObjectReference {
	for _, kind := range []string{"ClusterComputeResource", "ComputeResource"} {
		for _, entity := range s.inventory.registry.All(kind) {
			compute := computeOf(entity)
			if compute != nil && compute.EnvironmentBrowser != nil && *compute.EnvironmentBrowser == environment {
				return compute.Datastore
			}
		}
	}

	return nil
}

// datastoreBrowser browses the datastores that its owner has at that time. The inventory is locked when govmomi calls its methods.
type datastoreBrowser struct {
	simulator.HostDatastoreBrowser

	datastores func() []types.ManagedObjectReference
}

// Get returns the browser as clients read it. govmomi looks for this method by its name.
func (b *datastoreBrowser) Get() mo.Reference { return &b.now().HostDatastoreBrowser }

func (b *datastoreBrowser) now() *simulator.HostDatastoreBrowser {
	browser := &simulator.HostDatastoreBrowser{HostDatastoreBrowser: b.HostDatastoreBrowser.HostDatastoreBrowser}
	browser.Datastore = b.datastores()

	return browser
}

// SearchDatastoreTask answers SearchDatastore_Task.
func (b *datastoreBrowser) SearchDatastoreTask(ctx *simulator.Context, req *types.SearchDatastore_Task) soap.HasFault {
	return b.now().SearchDatastoreTask(ctx, req)
}

// SearchDatastoreSubFoldersTask answers SearchDatastoreSubFolders_Task.
func (b *datastoreBrowser) SearchDatastoreSubFoldersTask(ctx *simulator.Context, req *types.SearchDatastoreSubFolders_Task) soap.HasFault {
	return b.now().SearchDatastoreSubFoldersTask(ctx, req)
}
