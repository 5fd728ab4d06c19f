package vcenter

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// listed is one object of a list: what its filters compare, and how the API shows it.
type listed struct {
	filters map[string][]string // by the name of the query parameter; without those that all lists have
	summary map[string]any      // without id and name
}

// objectList is the list of the objects of some types: GET /api/vcenter/{name}.
type objectList struct {
	name       string // in the path; with underscores the key of the id
	ids        string // the query parameter of ids
	kinds      []string
	parameters []string // beside ids and names
	describe   func(*inventory, mo.Entity) listed
}

// objectLists are the lists that the API documents, with their filters.
var objectLists = []objectList{
	{"datacenter", "datacenters", []string{"Datacenter"}, []string{"folders"}, describeOther},
	{"cluster", "clusters", []string{"ClusterComputeResource"}, []string{"folders", "datacenters"}, describeCluster},
	{"host", "hosts", []string{"HostSystem"}, []string{"folders", "datacenters", "standalone", "clusters", "connection_states"}, describeHost},
	{"datastore", "datastores", []string{"Datastore"}, []string{"types", "folders", "datacenters"}, describeDatastore},
	{"folder", "folders", []string{"Folder"}, []string{"type", "parent_folders", "datacenters"}, describeFolder},
	{"network", "networks", []string{"Network", "DistributedVirtualPortgroup", "OpaqueNetwork"}, []string{"types", "folders", "datacenters"}, describeNetwork},
	{"resource-pool", "resource_pools", []string{"ResourcePool", "VirtualApp"}, []string{"parent_resource_pools", "datacenters", "hosts", "clusters"}, describePool},
}

// mostListed is how many objects such a list may hold.
const mostListed = 1000

// listRoutes returns the operations that list objects.
func (s *restAPI) listRoutes() []route {
	var routes []route
	for _, list := range objectLists {
		routes = append(routes, route{verb: http.MethodGet, path: "/api/vcenter/" + list.name, serve: func(c *restCall) (int, any, *problem) {
			return s.listObjects(c, list)
		}})
	}

	return routes
}

func (s *restAPI) listObjects(c *restCall, list objectList) (int, any, *problem) {
	known := append([]string{"names", list.ids}, list.parameters...)
	for parameter := range c.query {
		if !slices.Contains(known, parameter) {
			return 0, nil, &problem{errorType: errorUnexpectedInput, messages: []string{"The query parameter " + parameter + " is not known."}}
		}
	}
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	type row struct {
		id      string
		summary map[string]any
	}
	var rows []row
	for _, kind := range list.kinds {
		for _, entity := range s.inventory.registry.All(kind) {
			var found listed
			ref := entity.Reference()
			s.inventory.registry.WithLock(c.ctx, entity, func() { found = list.describe(s.inventory, entity) })
			name := literalName(nameOf(entity))
			s.addFilters(found.filters, ref, name, list.ids)
			if !selected(c.query, found.filters) {
				continue
			}
			found.summary[strings.ReplaceAll(list.name, "-", "_")], found.summary["name"] = ref.Value, name
			rows = append(rows, row{ref.Value, found.summary})
		}
	}
	if len(rows) > mostListed {
		return 0, nil, &problem{
			errorType: errorUnableToAllocateResource, messages: []string{fmt.Sprintf("More than %d objects match the filter.", mostListed)},
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return compareIDs(a.id, b.id) })
	summaries := make([]map[string]any, len(rows)) // an empty list and not null
	for i := range rows {
		summaries[i] = rows[i].summary
	}

	return http.StatusOK, summaries, nil
}

// addFilters adds what the filters of all lists compare: ids, names, and where the object is.
func (s *restAPI) addFilters(filters map[string][]string, ref types.ManagedObjectReference, name, ids string) {
	datacenter, _ := s.inventory.parentOf(ref, "Datacenter")
	folder, _ := s.inventory.parentOf(ref, "Folder")
	for parameter, value := range map[string]string{
		"folders": folder.Value, "datacenters": datacenter.Value, "clusters": s.inventory.owner(ref).Value, "names": name, ids: ref.Value,
	} {
		filters[parameter] = []string{value}
	}
}

// selected reports whether an object passes all filters of a request. A filter passes what has one of its values.
func selected(query, filters map[string][]string) bool {
	for parameter, wanted := range query {
		if !slices.ContainsFunc(filters[parameter], func(value string) bool { return slices.Contains(wanted, value) }) {
			return false
		}
	}

	return true
}

func newListed() listed { return listed{map[string][]string{}, map[string]any{}} }

// describeOther describes what has no filters and no properties of its own.
func describeOther(*inventory, mo.Entity) listed { return newListed() }

// describePool describes a pool. The hosts that contain it are those of its cluster, or the one outside of clusters.
func describePool(s *inventory, entity mo.Entity) listed {
	found := newListed()
	if parent := entity.Entity().Parent; parent != nil {
		found.filters["parent_resource_pools"] = []string{parent.Value}
	}
	hosts, _ := s.hostsOf(s.compute(entity.Reference()))
	for _, host := range hosts {
		found.filters["hosts"] = append(found.filters["hosts"], host.Value)
	}

	return found
}

func describeCluster(_ *inventory, entity mo.Entity) listed {
	found := newListed()
	if cluster, ok := entity.(*simulator.ClusterComputeResource); ok {
		found.summary["ha_enabled"], found.summary["drs_enabled"] = highlyAvailable(cluster), drsBehaviour(cluster) != ""
	}

	return found
}

func describeHost(s *inventory, entity mo.Entity) listed {
	found := newListed()
	host, ok := entity.(*simulator.HostSystem)
	if !ok {
		return found
	}
	connection := map[types.HostSystemConnectionState]string{
		types.HostSystemConnectionStateConnected: "CONNECTED", types.HostSystemConnectionStateDisconnected: "DISCONNECTED",
		types.HostSystemConnectionStateNotResponding: "NOT_RESPONDING",
	}[host.Runtime.ConnectionState]
	found.filters["connection_states"] = []string{connection}
	found.filters["standalone"] = []string{strconv.FormatBool(s.owner(host.Self).Value == "")}
	found.summary["connection_state"] = connection
	if connection == "CONNECTED" {
		found.summary["power_state"] = "POWERED_ON"
	}

	return found
}

func describeDatastore(_ *inventory, entity mo.Entity) listed {
	found := newListed()
	datastore, ok := entity.(*simulator.Datastore)
	if !ok {
		return found
	}
	kind := datastore.Summary.Type
	if kind == "OTHER" { // a folder, to govmomi
		kind = "VMFS"
	}
	found.filters["types"] = []string{kind}
	found.summary["type"], found.summary["free_space"], found.summary["capacity"] = kind, datastore.Summary.FreeSpace, datastore.Summary.Capacity

	return found
}

func describeFolder(_ *inventory, entity mo.Entity) listed {
	found := newListed()
	folder, ok := entity.(*simulator.Folder)
	if !ok {
		return found
	}
	kind := "DATACENTER"
	for _, child := range []struct{ of, kind string }{
		{"VirtualMachine", "VIRTUAL_MACHINE"}, {"ComputeResource", "HOST"}, {"Datastore", "DATASTORE"}, {"Network", "NETWORK"},
	} {
		if slices.Contains(folder.ChildType, child.of) {
			kind = child.kind
		}
	}
	found.filters["type"], found.summary["type"] = []string{kind}, kind
	if folder.Parent != nil {
		found.filters["parent_folders"] = []string{folder.Parent.Value}
	}

	return found
}

func describeNetwork(_ *inventory, entity mo.Entity) listed {
	found := newListed()
	kind := map[string]string{
		"Network": "STANDARD_PORTGROUP", "DistributedVirtualPortgroup": "DISTRIBUTED_PORTGROUP", "OpaqueNetwork": "OPAQUE_NETWORK",
	}[entity.Reference().Type]
	found.filters["types"], found.summary["type"] = []string{kind}, kind

	return found
}
