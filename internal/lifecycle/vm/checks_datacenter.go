package vm

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// OneDatacenter returns the check that the folder of the configuration is in the datacenter where the machine is to run. prior is where it is
// by the state, nil for a new one. sourceID is what a new one is made from: it runs where its source does, unless the configuration says
// otherwise.
func (c *Checks) OneDatacenter(wanted Placement, prior *Placement, sourceID types.String) lifecycle.Check {
	return func(ctx context.Context) diag.Diagnostics {
		if wanted.FolderID.ValueString() == "" || wanted.Unknown() {
			return nil
		}
		kind, id := runsAt(wanted)
		switch {
		case prior != nil && wanted.FolderID.Equal(prior.FolderID) && !moves(wanted, *prior):
			return nil
		case id == "" && prior != nil:
			kind, id = runsAt(*prior)
		case id == "":
			kind, id = vsphere.TypeVirtualMachine, sourceID.ValueString()
		}
		if id == "" {
			return nil
		}

		return c.sameDatacenter(ctx, wanted.FolderID.ValueString(), kind, id)
	}
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

func (c *Checks) sameDatacenter(ctx context.Context, folderID string, kind vsphere.ObjectType, id string) diag.Diagnostics {
	var of [2]string
	for i, object := range []struct {
		kind vsphere.ObjectType
		id   string
	}{{vsphere.TypeFolder, folderID}, {kind, id}} {
		found, err := lifecycle.Once(ctx, c.Shared, "datacenter of "+object.id, func(ctx context.Context) (string, error) {
			return c.Client.DatacenterOf(ctx, object.kind, object.id)
		})
		switch {
		case apierr.Is(err, apierr.NotFound):
			return nil // the check of the object itself says so
		case err != nil:
			return c.Skipped("that the folder is in the datacenter", err)
		}
		of[i] = found
	}
	if of[0] == "" || of[1] == "" || of[0] == of[1] {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("placement").AtName("folder_id"),
		fmt.Sprintf("The folder %q is of another datacenter", folderID),
		fmt.Sprintf("It is of %s, and %s, where the machine is to run, is of %s. Choose a folder of that datacenter; for a move to another one, "+
			"change the resource pool (or the cluster or host), the datastore and the folder together", of[0], id, of[1]))}
}
