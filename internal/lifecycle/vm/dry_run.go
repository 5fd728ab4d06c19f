package vm

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// DryRunName is the name in the request of a check: no group of vCenter's tests is about names, and machines that differ in name alone share one
// check.
const DryRunName = "vmfork-dry-run"

// dryRunPatience is how long a plan waits for vCenter's check.
const dryRunPatience = time.Minute

// DryRun is a check by vCenter itself of what a plan creates or moves.
type DryRun struct {
	Key       string // the same for all that differ in name alone
	Asker     string // the machine, by what tells it from the others of the key
	Operation tfdiag.Operation
	Aspects   map[Aspect]path.Path // where faults go that name nothing of the configuration
	Check     func(ctx context.Context) ([]vsphere.CheckFinding, error)
}

// dryRunAnswer is what one check told.
type dryRunAnswer struct {
	findings []vsphere.CheckFinding
	failed   error // the check could not be made
}

// DryRuns reports whether the plan is checked by vCenter: where all of its configuration is known, and the provider's configuration does not
// switch it off. A creation is not checked: it tells itself.
func (c *Checks) DryRuns() bool { return c.Shared.DryRun && c.Known && !c.Creating }

// DryRun has vCenter check what is planned. Of all machines with one key the first has it checked, the others wait, and only the first reports. A
// vCenter that can't check, or that does not let the user have it checked, has nothing to say.
func (c *Checks) DryRun(ctx context.Context, run DryRun) diag.Diagnostics {
	answer, first, err := onceBy(ctx, c.Shared, "dry run of "+run.Key, run.Asker, func(ctx context.Context) (dryRunAnswer, error) {
		bounded, stop := context.WithTimeout(ctx, dryRunPatience)
		defer stop()
		findings, err := run.Check(bounded)

		return dryRunAnswer{findings, err}, ctx.Err()
	})
	if err != nil {
		answer.failed, first = err, true
	}
	_, noHost := errors.AsType[*NoHostError](answer.failed)
	switch {
	case !first, noHost: // the check of the placement tells of hosts
		return nil
	case apierr.Is(answer.failed, apierr.Unsupported, apierr.Denied):
		c.Logger.InfoContext(ctx, "vCenter does not check what is planned", "key", run.Operation.Action, "error", answer.failed.Error())

		return nil
	case answer.failed != nil:
		return c.Skipped("by vCenter's dry run that nothing is in the way", answer.failed)
	}
	var found diag.Diagnostics
	for _, finding := range answer.findings {
		found.Append(tfdiag.DryRun(run.Operation, finding.Err, finding.Severity == vsphere.CheckError, run.Aspects[aspectOf(finding.Err.Code)]))
	}

	return found
}

// RelocationDryRun is the check of a relocation. Each machine has its own.
func (a *Adapter[M]) RelocationDryRun(
	change lifecycle.Change[M], spec vsphere.RelocateSpec, op tfdiag.Operation, aspects map[Aspect]path.Path,
) DryRun {
	id := change.State.ObjectID()

	return DryRun{
		Key: "relocation of " + id, Asker: id, Operation: op, Aspects: aspects,
		Check: func(ctx context.Context) ([]vsphere.CheckFinding, error) {
			placed, err := a.placed(ctx, change, spec)
			if err != nil {
				return nil, err
			}

			findings, err := a.Client.CheckRelocate(ctx, id, placed)
			if len(findings) > 0 && a.unreadable(ctx, id) {
				return nil, err // the refresh warned of that, and the apply says what to do
			}

			return findings, err
		},
	}
}

// unreadable reports whether vCenter can't read the configuration of a VM, and so refuses whatever is asked about it.
func (a *Adapter[M]) unreadable(ctx context.Context, id string) bool {
	found, err := a.Client.VirtualMachine(ctx, id)

	return err == nil && found.NoConfig
}

// placed completes the place that a relocation goes to: see [Machines.Place].
func (a *Adapter[M]) placed(ctx context.Context, change lifecycle.Change[M], spec vsphere.RelocateSpec) (vsphere.RelocateSpec, error) {
	if !spec.MovesCompute() {
		return spec, nil
	}
	to, err := a.Place(ctx, Relocating(change, spec))
	spec.ResourcePoolID, spec.HostID = to.ResourcePoolID, to.HostID

	return spec, err
}

// WithoutAddresses returns the network interfaces of a request without the addresses that are fixed: machines that differ in these share one
// check, too.
func WithoutAddresses(
	edits map[string]vsphere.NetworkInterfaceEdit, added []vsphere.NewInterface,
) (map[string]vsphere.NetworkInterfaceEdit, []vsphere.NewInterface) {
	edits, added = maps.Clone(edits), slices.Clone(added)
	for key, edit := range edits {
		edit.MACAddress = ""
		edits[key] = edit
	}
	for i := range added {
		added[i].MACAddress = ""
	}

	return edits, added
}

// VimAttributes are the arguments of a placement by the names that vim25 gives them in faults: of a clone, and of a relocation.
func VimAttributes() map[string]path.Path {
	found := map[string]path.Path{}
	for property, name := range map[string]string{
		"folder": "folder_id", "pool": "resource_pool_id", "host": "host_id", "datastore": "datastore_id",
	} {
		at := path.Root("placement").AtName(name)
		found["spec.location."+property], found["spec."+property] = at, at
	}

	return found
}
