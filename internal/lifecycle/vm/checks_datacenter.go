package vm

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Located is an object of the configuration that must be in the datacenter where a machine runs.
type Located struct {
	tfdiag.Reference

	Kind vsphere.ObjectType
}

// OneDatacenter returns the check that folder and datastores of the configuration are in the datacenter where the machine is to run. prior is
// where it is by the state, nil for a new one. sourceID is what a new one is made from: it runs where its source does, unless the configuration
// says otherwise. more are further objects, such as networks and the datastores of single disks. vCenter refuses a creation that is not so
// before it makes anything, so that a creation is not checked again.
func (c *Checks) OneDatacenter(wanted Placement, prior *Placement, sourceID types.String, more ...Located) lifecycle.Check {
	return func(ctx context.Context) diag.Diagnostics {
		parts := append(located(wanted, prior), more...)
		if len(parts) == 0 || c.Creating || wanted.computeUnknown() {
			return nil
		}
		kind, id := runsAt(wanted)
		switch {
		case id == "" && prior != nil:
			kind, id = runsAt(*prior)
		case id == "":
			kind, id = vsphere.TypeVirtualMachine, sourceID.ValueString()
		}
		if id == "" {
			return nil
		}

		return c.sameDatacenter(ctx, parts, kind, id)
	}
}

// located returns folder and datastore, as far as the configuration has them and the state does not have them at the same place.
func located(wanted Placement, prior *Placement) []Located {
	var parts []Located
	add := func(attribute, what string, kind vsphere.ObjectType, id types.String, before func(Placement) types.String) {
		if id.ValueString() == "" || prior != nil && id.Equal(before(*prior)) && !moves(wanted, *prior) {
			return
		}
		parts = append(parts, Located{Kind: kind, Reference: tfdiag.Reference{
			Attribute: path.Root("placement").AtName(attribute), What: what, ID: id.ValueString(),
		}})
	}
	add("folder_id", "folder", vsphere.TypeFolder, wanted.FolderID, func(p Placement) types.String { return p.FolderID })
	add("datastore_cluster_id", "datastore cluster", vsphere.TypeDatastoreCluster, wanted.DatastoreClusterID,
		func(p Placement) types.String { return p.DatastoreClusterID })
	add("datastore_id", "datastore", vsphere.TypeDatastore, wanted.DatastoreID, func(p Placement) types.String { return p.DatastoreID })

	return parts
}

// Foresee implements [lifecycle.Foreseer]: without a folder in the configuration, a machine that goes to another datacenter gets into that one's
// root folder. What can't be asked keeps its folder in the plan, since the CLI plans once more as it applies and holds the provider to its plan.
func (a *Adapter[M]) Foresee(ctx context.Context, planned lifecycle.Planned[M]) M {
	wanted, prior, after := planned.Config.Parts(), (*planned.Prior).Parts(), planned.Plan.Parts()
	if !wanted.FolderID.IsNull() || !moves(wanted, prior) && !wanted.computeUnknown() {
		return planned.Plan
	}
	if !wanted.computeUnknown() {
		toKind, to := runsAt(wanted)
		fromKind, from := runsAt(prior)
		target, err := a.datacenterOf(ctx, toKind, to)
		if err != nil || from == "" {
			return planned.Plan
		}
		present, err := a.datacenterOf(ctx, fromKind, from)
		if err != nil || target == "" || present == "" || target == present {
			return planned.Plan
		}
	}
	after.FolderID = types.StringUnknown()

	return planned.Plan.WithParts(after)
}

// datacenterOf returns the datacenter of an object; a phase of the CLI asks for each once.
func (m *Machines) datacenterOf(ctx context.Context, kind vsphere.ObjectType, id string) (string, error) {
	return lifecycle.Once(ctx, m.Shared, "datacenter of "+id, func(ctx context.Context) (string, error) {
		return m.Client.DatacenterOf(ctx, kind, id)
	})
}

// moves reports whether the configuration runs the machine elsewhere.
func moves(wanted, prior Placement) bool {
	_, to := runsAt(wanted)

	return to != "" && (lifecycle.Differs(prior.ResourcePoolID, wanted.ResourcePoolID) && !wanted.ResourcePoolID.IsNull() ||
		lifecycle.Differs(prior.ClusterID, wanted.ClusterID) && !wanted.ClusterID.IsNull() ||
		lifecycle.Differs(prior.HostID, wanted.HostID) && !wanted.HostID.IsNull())
}

// runsAt returns what of a place tells the datacenter; the id is empty where nothing does.
func runsAt(place Placement) (kind vsphere.ObjectType, id string) {
	for _, part := range []struct {
		kind vsphere.ObjectType
		id   types.String
	}{
		{vsphere.TypeResourcePool, place.ResourcePoolID}, {vsphere.TypeCluster, place.ClusterID}, {vsphere.TypeHost, place.HostID},
	} {
		if part.id.ValueString() != "" {
			return part.kind, part.id.ValueString()
		}
	}

	return "", ""
}

// sameDatacenter checks that the parts are in the datacenter of the object with the id, where the machine is to run.
func (c *Checks) sameDatacenter(ctx context.Context, parts []Located, kind vsphere.ObjectType, id string) diag.Diagnostics {
	all := append([]Located{{Kind: kind, Reference: tfdiag.Reference{ID: id}}}, parts...)
	of, errs := make([]string, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	for i, part := range all {
		group.Go(func() { of[i], errs[i] = c.datacenterOf(ctx, part.Kind, part.ID) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !apierr.Is(err, apierr.NotFound) { // the check of the object itself tells of that
			return c.Skipped("that all of the placement is in one datacenter", err)
		}
	}
	var found diag.Diagnostics
	for i, part := range all {
		if of[i] != "" && of[0] != "" && of[i] != of[0] {
			found.Append(tfdiag.Conflict(part.Attribute, fmt.Sprintf("The %s %q is of another datacenter", part.What, part.ID),
				fmt.Sprintf("It is of %s, and %s, where the machine is to run, is of %s. Choose a %s of that datacenter; for a move to another one, "+
					"change the resource pool (or the cluster or host), the datastore and the folder together", of[i], id, of[0], part.What)))
		}
	}

	return found
}
