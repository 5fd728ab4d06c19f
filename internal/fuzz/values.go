package fuzz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// generator draws values of vim25's types.
type generator struct {
	random  *rand.Rand
	objects []types.ManagedObjectReference // that exist
}

// maxDepth bounds how deep a value is filled: deviceChange[].device.backing and its fields are 5 deep.
const maxDepth = 6

// chance reports true in so many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.random.IntN(100) < percent }

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// fill sets a value and what it holds. name is the field's.
func (g *generator) fill(value reflect.Value, name string, depth int) {
	switch value.Type() {
	case reflect.TypeFor[types.ManagedObjectReference]():
		value.Set(reflect.ValueOf(g.reference(name)))

		return
	case reflect.TypeFor[time.Time]():
		value.Set(reflect.ValueOf(pick(g.random, []time.Time{{}, time.Unix(0, 0), time.Unix(4e9, 0), time.Now()})))

		return
	}
	switch value.Kind() {
	case reflect.Struct:
		if depth > maxDepth {
			return
		}
		for i := range value.NumField() {
			if field := value.Type().Field(i); field.IsExported() && (field.Anonymous || !strings.Contains(field.Tag.Get("xml"), "omitempty") || g.chance(50)) {
				g.fill(value.Field(i), field.Name, depth+1)
			}
		}
	case reflect.Pointer:
		if depth <= maxDepth && g.chance(75) {
			value.Set(reflect.New(value.Type().Elem()))
			g.fill(value.Elem(), name, depth)
		}
	case reflect.Slice:
		length := pick(g.random, []int{0, 1, 1, 1, 2, 5})
		if depth > maxDepth {
			length = 0
		}
		value.Set(reflect.MakeSlice(value.Type(), length, length))
		for i := range length {
			g.fill(value.Index(i), name, depth+1)
		}
	case reflect.Interface:
		if depth <= maxDepth && g.chance(90) {
			g.fillInterface(value, name, depth)
		}
	default:
		g.fillPlain(value, name)
	}
}

// fillInterface sets an interface to a value of one of the types that have it.
func (g *generator) fillInterface(value reflect.Value, name string, depth int) {
	if value.NumMethod() == 0 {
		plain := pick(g.random, []any{"nonsense", int32(7), true, int64(-1), g.reference(name), types.OptionValue{Key: "key"}})
		value.Set(reflect.ValueOf(plain))

		return
	}
	candidates := implementations(value.Type())
	if len(candidates) == 0 {
		return
	}
	made := reflect.New(pick(g.random, candidates))
	g.fill(made.Elem(), name, depth)
	value.Set(made)
}

func (g *generator) fillPlain(value reflect.Value, name string) {
	switch value.Kind() {
	case reflect.String:
		if method := value.MethodByName("Values"); method.IsValid() && g.chance(90) {
			all := method.Call(nil)[0]
			value.Set(all.Index(g.random.IntN(all.Len())))

			return
		}
		value.SetString(g.text(name))
	case reflect.Bool:
		value.SetBool(g.chance(50))
	case reflect.Uint8:
		value.SetUint(uint64(g.random.IntN(math.MaxUint8)))
	case reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int8, reflect.Int:
		bits := value.Type().Bits() - 1
		value.SetInt(pick(g.random, []int64{0, 1, 1, 2, 4, -1, 1024, 2000, 4000, 1000, 1<<bits - 1, -1 << bits}))
	case reflect.Float32, reflect.Float64:
		value.SetFloat(pick(g.random, []float64{0, 1, -1, 0.5, math.MaxFloat32}))
	default:
	}
}

// text draws a text that may suit a field of that name.
func (g *generator) text(name string) string {
	object := pick(g.random, g.objects)

	return pick(g.random, []string{
		"", "nonsense", fmt.Sprintf("name-%d", g.random.IntN(50)), "DC0_C0_RP0_VM0", "DC0", "LocalDS_0", "[LocalDS_0] DC0_C0_RP0_VM0/DC0_C0_RP0_VM0.vmx",
		"[LocalDS_0] folder/disk.vmdk", "[nowhere] a/b.vmdk", "%2f%", "a/b\\c", strings.Repeat("long ", 100), "ünïcode ☃", "../../etc/passwd",
		"domain-c15", object.Value, "config.name", "name", "vm", "urn:vim25:" + object.Type, object.Type, "linux", "vmx-19", "-1", "true", strings.ToLower(name),
		"564d1234-aaaa-bbbb-cccc-1234567890ab", "administrator@vsphere.local", "/DC0/vm/DC0_C0_RP0_VM0", "10.0.0.1", "key=value", "1e400",
	})
}

// kinds are what fields are named after, and the type of their objects.
var kinds = []struct{ part, kind string }{
	{"vm", "VirtualMachine"},
	{"host", "HostSystem"},
	{"pool", "ResourcePool"},
	{"cluster", "ClusterComputeResource"},
	{"snapshot", "VirtualMachineSnapshot"},
	{"entity", "VirtualMachine"},
	{"folder", "Folder"},
	{"datastore", "Datastore"},
	{"datacenter", "Datacenter"},
	{"network", "DistributedVirtualPortgroup"},
	{"task", "Task"},
}

// reference draws a reference: mostly to an object that suits the field, else to any, to none or to one that is empty.
func (g *generator) reference(name string) types.ManagedObjectReference {
	switch {
	case g.chance(5):
		return types.ManagedObjectReference{}
	case g.chance(10):
		return types.ManagedObjectReference{Type: pick(g.random, g.objects).Type, Value: "nothing-9999"}
	case g.chance(80):
		for _, named := range kinds {
			if strings.Contains(strings.ToLower(name), named.part) {
				return g.objectOf(named.kind)
			}
		}
	}

	return pick(g.random, g.objects)
}

// objectOf draws an object of a type, or any where there is none.
func (g *generator) objectOf(kind string) types.ManagedObjectReference {
	var of []types.ManagedObjectReference
	for _, object := range g.objects {
		if object.Type == kind {
			of = append(of, object)
		}
	}
	if len(of) == 0 {
		return pick(g.random, g.objects)
	}

	return pick(g.random, of)
}
