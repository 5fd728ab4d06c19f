package vm

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Placing is a VM that gets a place: by a clone, or by a relocation.
type Placing struct {
	Wanted     vsphere.Placement // what the configuration says
	Present    vsphere.Placement // where the source of a clone is, or the VM that is relocated
	Datastores []string          // of disks that have one of their own
	Name       string            // of the VM: it decides which of several hosts that fit is taken
}

// NoHostError says that no host of a cluster without DRS can run a VM.
type NoHostError struct {
	Cluster string   // its name
	Reasons []string // one a host: "DC0_C0_H0 is in maintenance mode"
}

// Error implements error.
func (e *NoHostError) Error() string {
	return fmt.Sprintf("no host of %s can run the machine: %s", e.Cluster, strings.Join(e.Reasons, ", "))
}

// Place completes a place as vCenter's documentation asks for it. By that an unset pool is the source's, which fails where the host or the
// cluster is another one: that one's root pool is used then. And an unset host is the source's, or DRS chooses it: without DRS, a host is
// chosen that runs, is not in maintenance and sees the datastores, the present one first. An unset folder or datastore stays unset. Its error
// is a [NoHostError], or says that vCenter could not be asked.
//
// Both APIs that clone, and RelocateVM_Task, take the result as it is.
func (m *Machines) Place(ctx context.Context, placing Placing) (vsphere.Placement, error) {
	to, present := placing.Wanted, placing.Present
	if to.ResourcePoolID != "" && to.HostID != "" {
		return to, nil
	}
	computeID, err := m.compute(ctx, to)
	if err != nil {
		return to, err
	}
	if to.ResourcePoolID == "" {
		own, err := m.isOwn(ctx, computeID, present)
		if err != nil || own && to.HostID != "" {
			return to, err
		}
		if own {
			stays, err := m.stays(ctx, present)
			if err != nil || stays || present.ResourcePoolID == "" {
				return to, err
			}
			to.ResourcePoolID = present.ResourcePoolID
			if computeID, err = m.compute(ctx, present); err != nil {
				return to, err
			}
		}
	}
	cluster, err := ReadObject(ctx, m.Shared, m.Client, vsphere.TypeCluster, computeID)
	switch {
	case apierr.Is(err, apierr.NotFound, apierr.Denied) && to.ResourcePoolID != "":
		return to, nil // an account may use a pool without seeing its cluster; vCenter decides
	case err != nil:
		return to, err
	}
	to.ResourcePoolID = cmp.Or(to.ResourcePoolID, cluster.RootResourcePoolID)
	if to.HostID != "" || cluster.Standalone || cluster.DRSBehavior != "" {
		return to, nil
	}
	hosts, err := lifecycle.Once(ctx, m.Shared, "hosts of "+computeID, func(ctx context.Context) ([]vsphere.Host, error) {
		return m.Client.HostsOf(ctx, computeID)
	})
	if err != nil {
		return to, err
	}
	to.HostID, err = chooseHost(hosts, present.HostID, placing.datastores(), cmp.Or(cluster.Name, computeID), placing.Name)

	return to, err
}

// datastores returns the datastores that a host must see. Of a datastore cluster, Storage DRS chooses one that the host sees.
func (p Placing) datastores() []string {
	if p.Wanted.DatastoreClusterID != "" {
		return p.Datastores
	}

	return append(slices.Clone(p.Datastores), cmp.Or(p.Wanted.DatastoreID, p.Present.DatastoreID))
}

// isOwn reports whether the cluster, or the compute resource, is that of the present pool; an empty id names none, and is.
func (m *Machines) isOwn(ctx context.Context, computeID string, present vsphere.Placement) (bool, error) {
	if computeID == "" {
		return true, nil
	}
	if present.ResourcePoolID == "" {
		return false, nil // a template is in no pool
	}
	presentID, err := m.compute(ctx, present)
	if apierr.Is(err, apierr.NotFound, apierr.Denied) {
		return false, nil
	}

	return presentID == computeID, err
}

// compute returns the cluster, or the compute resource of a stand-alone host, that a place names; empty where it names none.
func (m *Machines) compute(ctx context.Context, place vsphere.Placement) (string, error) {
	kind, id := vsphere.TypeResourcePool, place.ResourcePoolID
	switch {
	case place.ClusterID != "":
		return place.ClusterID, nil
	case id == "" && place.HostID != "":
		kind, id = vsphere.TypeHost, place.HostID
	case id == "":
		return "", nil
	}
	object, err := ReadObject(ctx, m.Shared, m.Client, kind, id)

	return object.ClusterID, err
}

// stays reports whether the host can go on running what is there: where no place is named, vCenter uses the source's host.
func (m *Machines) stays(ctx context.Context, present vsphere.Placement) (bool, error) {
	if present.HostID == "" {
		return true, nil
	}
	host, err := ReadObject(ctx, m.Shared, m.Client, vsphere.TypeHost, present.HostID)
	if apierr.Is(err, apierr.NotFound, apierr.Denied) {
		return true, nil // vCenter decides
	}

	return host.Accessible && !host.Maintenance, err
}

// chooseHost chooses one of the hosts that see the datastores and run: the present one, else by the machine's name, so that many machines
// are spread.
func chooseHost(hosts []vsphere.Host, present string, datastores []string, cluster, name string) (string, error) {
	var fitting, reasons []string
	for _, host := range hosts {
		switch unseen := slices.IndexFunc(datastores, func(id string) bool { return id != "" && !slices.Contains(host.DatastoreIDs, id) }); {
		case !host.Connected:
			reasons = append(reasons, host.Name+" is not connected")
		case host.Maintenance:
			reasons = append(reasons, host.Name+" is in maintenance mode")
		case unseen >= 0:
			reasons = append(reasons, fmt.Sprintf("%s does not see %s", host.Name, datastores[unseen]))
		default:
			fitting = append(fitting, host.ID)
		}
	}
	if len(fitting) == 0 {
		return "", &NoHostError{Cluster: cluster, Reasons: reasons}
	}
	if slices.Contains(fitting, present) {
		return present, nil
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name))

	return fitting[int(hash.Sum32()%uint32(len(fitting)))], nil
}
