package vsphereclone

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is the part of [vsphere.Client] that this package needs.
type client interface {
	vm.Client
	labels.Client

	CustomizationSpecExists(ctx context.Context, name string) (bool, error)
	MissingClonePrivileges(ctx context.Context, spec vsphere.CloneSpec) ([]apierr.MissingPrivilege, error)

	CheckClone(ctx context.Context, spec vsphere.CloneSpec) ([]vsphere.CheckFinding, error)

	ClonesByREST(ctx context.Context) (bool, error)
	StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error)
	CloneTask(id string) task.Handle[string]
	StartCloneTask(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error)
	ClonedByTask(id string) task.Handle[string]
	FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)

	SnapshotTree(ctx context.Context, vmID string) (vsphere.SnapshotTree, error)
	RequireTPMPolicy(ctx context.Context) error
	StoragePolicyIDs(ctx context.Context) ([]string, error)
	StoragePolicyEncrypts(ctx context.Context, policyID string) (bool, error)
	StoragePolicyOf(ctx context.Context, of vsphere.Policied) (string, error)
	MarkAsTemplate(ctx context.Context, id string) error
	MarkAsVirtualMachine(ctx context.Context, id, poolID, hostID string) error
}

// adapter is the clone on vSphere.
type adapter struct {
	vm.Adapter[model]

	client client
}

var (
	_ client                                        = (*vsphere.Client)(nil)
	_ lifecycle.Adapter[model, string, vm.Evidence] = (*adapter)(nil)
	_ lifecycle.Overview[model]                     = (*adapter)(nil)
	_ lifecycle.DestroyAuthorizer[model]            = (*adapter)(nil)
	_ lifecycle.Carrier[model]                      = (*adapter)(nil)
	_ lifecycle.Inheritor[model]                    = (*adapter)(nil)
)

func newAdapter(client client, shared *lifecycle.Shared, logger *slog.Logger) *adapter {
	a := &adapter{client: client}
	a.Machines = vm.Machines{Client: client, Logger: logger, Shared: shared}
	a.Timeouts, a.Reader = kind.Timeouts, a

	return a
}

// Prepare implements [lifecycle.Adapter].
func (a *adapter) Prepare(ctx context.Context, plan model) (lifecycle.Prepared[model, vm.Evidence], diag.Diagnostics) {
	wanted := plan.search()
	err := a.AwaitName(ctx, wanted)
	if err == nil && plan.addsDevices() {
		var source *vsphere.VirtualMachine
		if source, err = a.SourceVM(ctx, plan.SourceVMID.ValueString()); err == nil {
			plan, err = plan.placed(source)
		}
	}

	return lifecycle.Prepared[model, vm.Evidence]{Plan: plan, Evidence: vm.EvidenceOf(wanted), Err: err}, nil
}

// placing describes the place that a clone gets.
func placing(spec vsphere.CloneSpec, source *vsphere.VirtualMachine) vm.Placing {
	placing := vm.Placing{
		Wanted: spec.Placement, Present: source.Placement, Name: spec.Name,
		Datastores: slices.Collect(maps.Values(spec.DisksToUpdate)),
	}
	if spec.Origin.Linked { // what its disks stand on stays where it is
		placing.Datastores = append(placing.Datastores, linkedDatastores(spec, source)...)
	}

	return placing
}

// Find implements [lifecycle.Adapter].
func (a *adapter) Find(ctx context.Context, lost lifecycle.Lost[model, vm.Evidence]) (lifecycle.Finding[string], error) {
	found, err := a.client.FindClone(ctx, vm.SearchFor(lost, lost.Model.search()))

	return vm.FindingOf(lost, found, err)
}

// Leaves implements [lifecycle.Adapter]: a task that failed may leave a VM that is not powered on, not customized or not
// configured. A cancelled one leaves none. The state of a pending clone may not tell any more what was asked for.
func (a *adapter) Leaves(of model, err error) lifecycle.Leftover {
	does := of.Pending() || of.PowerOn.ValueBool() || !of.customizationSpec().IsNull() || of.cloneSpec(of).NeedsTask()
	if err == nil || !does || apierr.Is(err, apierr.Cancelled, apierr.AlreadyExists) {
		return lifecycle.LeavesNothing
	}

	return lifecycle.LeavesPart
}

// LoadVM implements [vm.Reader]. It reads settings and labels where the configuration manages any.
func (a *adapter) LoadVM(ctx context.Context, before model, id string) (*vsphere.VirtualMachine, error) {
	return a.client.VirtualMachineWith(ctx, id, before.extras())
}

// Observed implements [vm.Reader].
func (a *adapter) Observed(_ context.Context, before model, found *vsphere.VirtualMachine) model {
	return before.observed(found)
}

// Steps implements [lifecycle.Adapter]. A VM is powered off before it is relocated and reconfigured, and on after it. It is changed while it
// is no template. A network interface can be connected only while the VM runs.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	steps := slices.Concat(a.NamingSteps(change), a.PowerOffSteps(change))
	spec, relocates := relocation(change)
	if change.Plan.leavesTemplate(change.State) {
		steps = append(steps, a.unmarkSteps(change, spec)...)
		spec.ResourcePoolID, spec.ClusterID, spec.HostID, spec.FolderID = "", "", "", ""
		relocates = spec.DatastoreID != "" || spec.DatastoreClusterID != "" || len(spec.DiskDatastores) > 0
	}
	if relocates {
		steps = append(steps, a.relocate(change, spec))
	}
	steps = slices.Concat(steps, a.reconfigure(change), labels.Steps(a.client, a.Shared, change), a.markSteps(change), a.PowerOnSteps(change))
	if vm.PowersOn(change) {
		steps = append(steps, a.connect(change.State.ObjectID(), change.Config)...)
	}

	return a.Explained(change.State.ObjectID(), append(steps, a.AddressSteps(change)...))
}

// relocate relocates the VM. The disks of disks_to_update stay where the configuration wants them, and the host that was asked for
// goes into state: a refresh would not tell it, since it keeps the one in state.
func (a *adapter) relocate(change lifecycle.Change[model], spec vsphere.RelocateSpec) lifecycle.Step[model] {
	step := a.RelocateStep(change, spec)
	if spec.DatastoreClusterID != "" {
		step = a.clusterStep(change, spec)
	}
	relocate := step.Do
	step.Do = func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		state, warnings, err := relocate(ctx, state)
		if err == nil {
			place := state.Parts()
			place.HostID = lifecycle.Keep(change.Plan.Parts().HostID, types.StringNull())
			state.Placement = place.Object(placementTypes)
		}

		return state, warnings, err
	}

	return step
}

// relocation returns the relocation of a change, with the disks that do not follow the machine's datastore, and false where nothing moves.
func relocation(change lifecycle.Change[model]) (vsphere.RelocateSpec, bool) {
	spec, relocates := vm.Relocation(change)
	if datastores := diskDatastores(change, spec.DatastoreID != "" || spec.DatastoreClusterID != ""); len(datastores) > 0 {
		spec.DiskDatastores, relocates = datastores, true
	}

	return spec, relocates
}

// diskDatastores returns the datastores of the disks that have one of their own: of all where the machine moves, else of those that are
// elsewhere.
func diskDatastores(change lifecycle.Change[model], all bool) map[string]string {
	plan := change.Plan.withKeys(change.State)

	return vmdisks.Datastores(plan.wantedDisks(), vmdisks.Present(change.State.Disks), all)
}

// relocating describes the place that the machine is relocated to.
func relocating(change lifecycle.Change[model]) vm.Placing {
	spec, _ := relocation(change)

	return vm.Relocating(change, spec)
}

// ShowsAll implements [lifecycle.Overview]: network_interfaces shows all of them while the configuration leaves it out.
func (a *adapter) ShowsAll(of model) bool { return of.showsAllInterfaces() }

// Unset implements [lifecycle.Overview].
func (a *adapter) Unset(state model) model {
	state.overview = true

	return state
}

// Import implements [lifecycle.Adapter].
func (a *adapter) Import(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (lifecycle.Imported[model], diag.Diagnostics) {
	found, attributes, diags := a.Imported(ctx, req, vcenter)
	if found != nil && found.Template {
		attributes["template"] = true
	}

	return lifecycle.Imported[model]{Of: model{Attributes: vm.ImportedAs(found)}, Attributes: attributes}, diags
}
