package tfattr

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// VSphereKind is a kind of vSphere inventory object that an argument can ask for by id.
type VSphereKind int

// The kinds.
const (
	VSphereVM VSphereKind = iota
	VSphereDatacenter
	VSphereFolder // a folder of VMs
	VSphereResourcePool
	VSphereHost
	VSphereCluster
	VSphereDatastore
	VSphereNetwork
	VSphereDatastoreCluster
	VSphereSnapshot
	VSphereDistributedSwitch
)

// vsphereKinds describes the kinds: what each is called, an id as an example, and how its ids look.
var vsphereKinds = map[VSphereKind]struct {
	noun    string // with its article
	example string
	pattern *regexp.Regexp
}{
	VSphereVM:               {"a virtual machine", "vm-42", regexp.MustCompile(`^vm-\d+$`)},
	VSphereDatacenter:       {"a datacenter", "datacenter-2", regexp.MustCompile(`^datacenter-\d+$`)},
	VSphereFolder:           {"a VM folder", "group-v3", regexp.MustCompile(`^group-v?\d+$`)},
	VSphereResourcePool:     {"a resource pool", "resgroup-8", regexp.MustCompile(`^resgroup-v?\d+$`)},
	VSphereHost:             {"a host", "host-10", regexp.MustCompile(`^host-\d+$`)},
	VSphereCluster:          {"a cluster", "domain-c7", regexp.MustCompile(`^(?:domain|clustercomputeresource)-c?\d+$`)},
	VSphereDatastore:        {"a datastore", "datastore-11", regexp.MustCompile(`^datastore-\d+$`)},
	VSphereNetwork:          {"a network", "network-7", regexp.MustCompile(`^(?:network-o?|dvportgroup-)\d+$`)},
	VSphereDatastoreCluster: {"a datastore cluster", "group-p9", regexp.MustCompile(`^group-p\d+$`)},
	VSphereSnapshot:         {"a snapshot", "snapshot-5", regexp.MustCompile(`^snapshot-\d+$`)},

	VSphereDistributedSwitch: {"a distributed switch", "dvs-12", regexp.MustCompile(`^dvs-\d+$`)},
}

// otherVSphereIDs are ids that no argument asks for but that are easily mistaken for one that is.
var otherVSphereIDs = []struct {
	noun    string
	pattern *regexp.Regexp
}{
	{"a folder of datacenters", regexp.MustCompile(`^group-d\d+$`)},
	{"a host folder", regexp.MustCompile(`^group-h\d+$`)},
	{"a datastore folder", regexp.MustCompile(`^group-s\d+$`)},
	{"a network folder", regexp.MustCompile(`^group-n\d+$`)},
	{"a stand-alone host's compute resource", regexp.MustCompile(`^domain-s\d+$`)},
	{"a task", regexp.MustCompile(`^task-\d+$`)},
}

var (
	managedObjectID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*(?:-[A-Za-z0-9_.]+)*-[A-Za-z]?\d+$`)
	uuidText        = regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	// typedReference is an id as govc and the SDKs print it: "VirtualMachine:vm-42".
	typedReference = regexp.MustCompile(`^[A-Za-z]+:([a-z]+-[a-z]?\d+)$`)
)

// VSphereID returns a validator of managed object ids of one kind ("vm-42"). It accepts an id of an unknown form,
// which only vCenter can judge. It refuses ids that are known to be of another kind, and inventory paths, names and UUIDs, and
// says what to give instead.
func VSphereID(kind VSphereKind) validator.String { return vsphereID{kind} }

type vsphereID struct{ kind VSphereKind }

// Description says what the id must be.
func (v vsphereID) Description(context.Context) string {
	wanted := vsphereKinds[v.kind]

	return fmt.Sprintf("must be the managed object id of %s, such as %s", wanted.noun, wanted.example)
}

// MarkdownDescription says what the id must be.
func (v vsphereID) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known value.
func (v vsphereID) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	id := req.ConfigValue.ValueString()
	problem := v.problem(id)
	if problem == "" {
		return
	}
	wanted := vsphereKinds[v.kind]
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid managed object id",
		fmt.Sprintf("%s; %s wants the id of %s, such as %q.", problem, placeOf(req.Path), wanted.noun, wanted.example)+v.remedy(id))
}

// problem says as a clause what is wrong with id, empty when nothing is.
func (v vsphereID) problem(id string) string {
	trimmed := strings.TrimSpace(id)
	switch {
	case vsphereKinds[v.kind].pattern.MatchString(id):
		return ""
	case trimmed == "":
		return "An empty text is no id"
	case trimmed != id:
		return Quoted(id) + " has white space around it"
	case uuidText.MatchString(id):
		return Quoted(id) + " is a UUID"
	case strings.HasPrefix(id, "/"):
		return Quoted(id) + " is an inventory path"
	case typedReference.MatchString(id):
		return Quoted(id) + " has its type in front"
	}
	if noun := looksLike(id); noun != "" {
		return Quoted(id) + " looks like " + noun
	}
	if !managedObjectID.MatchString(id) {
		return Quoted(id) + " is no managed object id"
	}

	return ""
}

// remedy says how to get at the id where that is worth saying.
func (v vsphereID) remedy(id string) string {
	if match := typedReference.FindStringSubmatch(id); match != nil {
		return " Give " + Quoted(match[1]) + "."
	}
	if managedObjectID.MatchString(strings.TrimSpace(id)) && !uuidText.MatchString(id) {
		return ""
	}
	if v.kind == VSphereVM {
		return " The data source vmfork_vsphere_virtual_machine gives the id for an inventory path, a name or an instance UUID."
	}
	if v.kind == VSphereSnapshot {
		return ""
	}

	return " The data source vmfork_vsphere_object gives the id for an inventory path."
}

// looksLike returns what an id is known to be the id of, with its article.
func looksLike(id string) string {
	for kind := range VSphereSnapshot + 1 {
		if vsphereKinds[kind].pattern.MatchString(id) {
			return vsphereKinds[kind].noun
		}
	}
	for _, other := range otherVSphereIDs {
		if other.pattern.MatchString(id) {
			return other.noun
		}
	}

	return ""
}
