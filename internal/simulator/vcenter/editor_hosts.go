package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// changeDatastore makes a datastore accessible or not and sets its free space in bytes. Nil parts stay.
func (s *editor) changeDatastore(id string, accessible *bool, freeBytes *int64) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	datastore, ok := s.inventory.registry.Get(refOf("Datastore", id)).(*simulator.Datastore)
	if !ok {
		return fmt.Errorf("change datastore %s: there is no such datastore", id)
	}
	if accessible != nil {
		s.inventory.registry.AtomicUpdate(ctx, datastore, []types.PropertyChange{{Name: "summary.accessible", Val: *accessible}})
	}
	if freeBytes != nil {
		s.storage.setFreeSpace(ctx, datastore, *freeBytes)
	}

	return nil
}

// changeHost puts a host into maintenance mode or takes it out, and connects or disconnects it. Nil parts stay.
func (s *editor) changeHost(id string, maintenance, connected *bool) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	host, ok := s.inventory.registry.Get(refOf("HostSystem", id)).(*simulator.HostSystem)
	if !ok {
		return fmt.Errorf("change host %s: there is no such host", id)
	}
	var changes []types.PropertyChange
	if maintenance != nil {
		changes = append(changes,
			types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: *maintenance},
			types.PropertyChange{Name: "summary.runtime.inMaintenanceMode", Val: *maintenance},
		)
	}
	if connected != nil {
		state := types.HostSystemConnectionStateDisconnected
		if *connected {
			state = types.HostSystemConnectionStateConnected
		}
		changes = append(changes, types.PropertyChange{Name: "runtime.connectionState", Val: state})
	}
	s.inventory.registry.AtomicUpdate(ctx, host, changes)

	return nil
}
