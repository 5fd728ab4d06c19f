package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// Host is what decides whether a host can run a VM.
type Host struct {
	ID           string
	Name         string
	Connected    bool     // runtime.connectionState
	Maintenance  bool     // runtime.inMaintenanceMode
	DatastoreIDs []string // the datastores that it sees
}

// HostsOf returns the hosts of a cluster, or the one of a stand-alone compute resource (RetrievePropertiesEx), in the order of the
// inventory. Hosts that the user may not see are left out.
func (c *Client) HostsOf(ctx context.Context, computeID string) ([]Host, error) {
	ref, skip := objectRef(TypeCluster, computeID), true
	all, err := c.conn.Retrieve(ctx, "", types.PropertyFilterSpec{
		ObjectSet: []types.ObjectSpec{{Obj: ref, Skip: &skip, SelectSet: []types.BaseSelectionSpec{
			&types.TraversalSpec{Type: "ComputeResource", Path: "host"},
		}}},
		PropSet: []types.PropertySpec{{
			Type: "HostSystem", PathSet: []string{"name", "runtime.connectionState", "runtime.inMaintenanceMode", "datastore"},
		}},
	})
	if err != nil {
		return nil, err
	}
	var hosts []Host
	for _, p := range all {
		if p.Denied() != nil {
			continue
		}
		host := Host{
			ID: p.Ref.Value, Name: conn.UnescapeName(conn.Get[string](p, "name")),
			Connected: conn.Get[types.HostSystemConnectionState](p, "runtime.connectionState") ==
				types.HostSystemConnectionStateConnected,
			Maintenance: conn.Get[bool](p, "runtime.inMaintenanceMode"),
		}
		for _, datastore := range conn.Get[types.ArrayOfManagedObjectReference](p, "datastore").ManagedObjectReference {
			host.DatastoreIDs = append(host.DatastoreIDs, datastore.Value)
		}
		hosts = append(hosts, host)
	}

	return hosts, nil
}
