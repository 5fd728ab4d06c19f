package vm

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// machine is the smallest model of a resource that creates VMs.
type machine struct {
	Attributes

	Placement types.Object
}

var placementTypes = map[string]attr.Type{
	"folder_id": types.StringType, "resource_pool_id": types.StringType, "host_id": types.StringType,
	"cluster_id": types.StringType, "datastore_id": types.StringType,
}

func (m machine) WithCommon(attributes Attributes) machine {
	m.Attributes = attributes

	return m
}

func (m machine) Parts() Placement { return PlacementOf(m.Placement) }
func (m machine) WithParts(parts Placement) machine {
	m.Placement = parts.Object(placementTypes)

	return m
}

func (m machine) Forecast(machine, machine) machine { return m }
func (m machine) Keeping(plan machine) machine      { return m.WithCommon(m.KeepingCommon(plan.Attributes)) }

func (m machine) Bare(id, taskID string) machine { return m.WithCommon(m.BareCommon(id, taskID)) }
func (m machine) Complete() bool                 { return m.Known() }
func (m machine) Creation() tfdiag.Creation      { return m.CreationOf("vmfork_machine") }

func (m machine) Replaces(machine, lifecycle.Notes) (path.Paths, diag.Diagnostics) { return nil, nil }

func (m machine) Operation(action string, timeout path.Path) tfdiag.Operation {
	return m.OperationOf(action, timeout, nil)
}

// reader reads a VM from a fake vCenter.
type reader struct{ fake *fakevsphere.VCenter }

func (r reader) LoadVM(ctx context.Context, _ machine, id string) (*vsphere.VirtualMachine, error) {
	return r.fake.VirtualMachine(ctx, id)
}

func (r reader) Observed(_ context.Context, before machine, found *vsphere.VirtualMachine) machine {
	return before.WithCommon(before.ObservedCommon(found))
}

// adapterOn returns the shared part of an adapter on a fake vCenter.
func adapterOn(fake *fakevsphere.VCenter) *Adapter[machine] {
	return &Adapter[machine]{
		Machines: Machines{Client: fake, Logger: slog.New(slog.DiscardHandler), Shared: lifecycle.NewShared(nil)},
		Reader:   reader{fake},
	}
}

// golden returns the state of the fake's golden VM.
func golden(fake *fakevsphere.VCenter) machine {
	found := fake.Named("golden")
	none := types.StringNull()
	place := Placement{FolderID: none, ResourcePoolID: none, HostID: none, ClusterID: none, DatastoreID: none}.Observed(found)

	return machine{Attributes{}.ObservedCommon(found), place.Object(placementTypes)}
}

// running returns a fake vCenter whose golden VM is powered on.
func running() *fakevsphere.VCenter {
	fake := fakevsphere.New()
	fake.Change("golden", func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOn })

	return fake
}
