package vcenter

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// wholeREST is the first API version that has the REST API below /api; before it, only the older form below /rest answers.
const wholeREST = "7.0.2.0"

// methodsSince are the methods that are newer than the oldest version that a server may play, with the version that brought each.
var methodsSince = map[string]string{
	"CreateSecondaryVMEx_Task": "6.0", "CreateSnapshotEx_Task": "6.5", "GenerateKey": "6.5",
	"InstantClone_Task": "6.7", "CheckInstantClone_Task": "6.7",
	"CustomizeGuest_Task": "6.8.7", "StartGuestNetwork_Task": "6.8.7", "AbortCustomization_Task": "6.8.7",
}

// spoken returns the version that a SOAP request is written in, as its SOAPAction tells: "urn:vim25/8.0.3.0". Without one it is the server's own. A
// version that the server does not know is refused or taken for the server's own, see Options.RefuseNewerVersions.
func (s *vimAPI) spoken(r *http.Request) (string, *problem) {
	action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
	version, ok := strings.CutPrefix(action, "urn:vim25/")
	switch {
	case !ok || version == "":
		return s.version, nil
	case atLeast(s.version, version):
		return version, nil
	case s.refuseNewer:
		return "", &problem{fault: &types.RuntimeFault{}, messages: []string{`Unsupported version URI "` + action + `"`}}
	default:
		return s.version, nil
	}
}

// unknownTo refuses a request that names what its version does not have: a method, a field, or a property that is to be read.
func unknownTo(version, method string, body any) *problem {
	if since, known := methodsSince[method]; known && !atLeast(version, since) {
		return invalidRequest("Unable to resolve WSDL method name " + method + ".")
	}

	return newerPart(version, reflect.ValueOf(body))
}

// newerPart looks for a field that is set and that its version does not have. govmomi's types tell the version of each field since 7.0.
func newerPart(version string, v reflect.Value) *problem {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return newerPart(version, v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if p := newerPart(version, v.Index(i)); p != nil {
				return p
			}
		}
	case reflect.Struct:
		return newerField(version, v)
	default:
	}

	return nil
}

// newerField is [newerPart] of a struct.
func newerField(version string, v reflect.Value) *problem {
	if spec, ok := reflect.TypeAssert[types.PropertySpec](v); ok {
		return newerProperty(version, spec)
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || v.Field(i).IsZero() {
			continue
		}
		if newer(version, field) {
			return invalidRequest("Unexpected element tag \"" + xmlName(field) + "\" in " + v.Type().Name() + ".")
		}
		if p := newerPart(version, v.Field(i)); p != nil {
			return p
		}
	}

	return nil
}

// newerProperty looks for a property that is to be read and that the version does not have.
func newerProperty(version string, spec types.PropertySpec) *problem {
	object, ok := mo.Value(types.ManagedObjectReference{Type: spec.Type})
	if !ok {
		return nil
	}
	for _, path := range spec.PathSet {
		kind := reflect.TypeOf(object)
		for segment := range strings.SplitSeq(path, ".") {
			field, found := fieldByName(kind, segment)
			if !found {
				break // a list, or a field of a derived type: govmomi's own check is all there is
			}
			if newer(version, field) {
				return &problem{fault: &types.InvalidProperty{Name: path}, errorType: errorInvalidArgument, messages: []string{"invalid property: " + path}}
			}
			kind = field.Type
		}
	}

	return nil
}

func fieldByName(kind reflect.Type, name string) (reflect.StructField, bool) {
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	for _, field := range reflect.VisibleFields(kind) {
		if !field.Anonymous && jsonName(field) == name {
			return field, true
		}
	}

	return reflect.StructField{}, false
}

func newer(version string, field reflect.StructField) bool {
	since := field.Tag.Get("vim")

	return since != "" && !atLeast(version, since)
}

func xmlName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("xml"), ",")

	return name
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")

	return name
}

// atLeast reports whether a dotted version is another one or newer: 8.0.3.1 is newer than 8.0.3, and 8.0.3 is not yet 8.0.3.1.
func atLeast(version, wanted string) bool {
	own, parts := strings.Split(version, "."), strings.Split(wanted, ".")
	for i := range parts {
		b, _ := strconv.Atoi(parts[i])
		a := 0
		if i < len(own) {
			a, _ = strconv.Atoi(own[i])
		}
		if a != b {
			return a > b
		}
	}

	return true
}

// productOf returns the product's version that goes with a version of the API: 8.0.3 with 8.0.3.0.
func productOf(version string) string {
	parts := strings.Split(version, ".")
	for len(parts) < len([]string{"major", "minor", "update"}) {
		parts = append(parts, "0")
	}

	return strings.Join(parts[:3], ".")
}

// sayESXi makes the service content that of a host of ESXi.
func sayESXi(registry *simulator.Registry, version string) {
	instance, _ := registry.Get(vim25.ServiceInstance).(*simulator.ServiceInstance)
	about := &instance.Content.About
	about.Name, about.ApiType, about.ProductLineId, about.InstanceUuid = "VMware ESXi", "HostAgent", "embeddedEsx", ""
	about.FullName = "VMware ESXi " + productOf(version) + " build-" + productBuild
}

// hasREST reports whether the server has the REST API below /api.
func (s *Server) hasREST() bool { return !s.options.ESXi && s.inventory.apiAtLeast(wholeREST) }
