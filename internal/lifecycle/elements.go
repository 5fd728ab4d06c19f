package lifecycle

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Element is one element of an argument that is a map of objects, such as disks_to_add, as a struct. In the zero value every attribute is null.
type Element[E any] interface {
	// ObjectType returns the type of the object.
	ObjectType() types.ObjectType
	// From returns the element that the object describes.
	From(object types.Object) E
	// Values returns the attributes of the object by name.
	Values() map[string]attr.Value
}

// ElementsIn returns the elements of a map of objects; nil where it is null or unknown.
func ElementsIn[E Element[E]](argument types.Map) map[string]E {
	if argument.IsNull() || argument.IsUnknown() {
		return nil
	}
	elements := map[string]E{}
	for name, element := range argument.Elements() {
		if object, ok := element.(types.Object); ok {
			var none E
			elements[name] = none.From(object)
		}
	}

	return elements
}

// ElementsValue returns the map of objects that has the elements.
func ElementsValue[E Element[E]](elements map[string]E) types.Map {
	var none E
	objects := make(map[string]attr.Value, len(elements))
	for name, element := range elements {
		objects[name] = types.ObjectValueMust(none.ObjectType().AttrTypes, element.Values())
	}

	return types.MapValueMust(none.ObjectType(), objects)
}

// MapElements returns a map of objects with each element changed. A map that is null or unknown stays so.
func MapElements[E Element[E]](argument types.Map, change func(name string, element E) E) types.Map {
	if argument.IsNull() || argument.IsUnknown() {
		return argument
	}
	elements := ElementsIn[E](argument)
	for name, element := range elements {
		elements[name] = change(name, element)
	}

	return ElementsValue(elements)
}

// KeepElement is [Keep] for each attribute of an element.
func KeepElement[E Element[E]](planned, observed E) E {
	values, seen := planned.Values(), observed.Values()
	for name, value := range values {
		values[name] = Keep(value, seen[name])
	}

	return planned.From(types.ObjectValueMust(planned.ObjectType().AttrTypes, values))
}

// KeepElements is [KeepElement] for each element of a map of objects.
func KeepElements[E Element[E]](planned, observed types.Map) types.Map {
	seen := ElementsIn[E](observed)

	return MapElements(planned, func(name string, element E) E { return KeepElement(element, seen[name]) })
}

// BareElements returns a map of objects with every unknown value null.
func BareElements[E Element[E]](planned types.Map) types.Map {
	var none E

	return MapElements(NullIfUnknown(planned, types.MapNull(none.ObjectType())), func(_ string, element E) E { return KeepElement(element, none) })
}

// ElementsKnown reports whether nothing of a map of objects is unknown.
func ElementsKnown[E Element[E]](planned types.Map) bool {
	for _, element := range ElementsIn[E](planned) {
		for _, value := range element.Values() {
			if value.IsUnknown() {
				return false
			}
		}
	}

	return !planned.IsUnknown()
}

// CompareDevices compares the keys of two devices, which are numbers, for a sort.
func CompareDevices(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// AdoptElements returns a map of objects that a configuration adds to something imported: each element that fits a device is that device, as
// adopt returns it. An element and a device are paired once. The last of the devices, and of the names, come first: devices of the source are
// older than added ones, and have smaller keys. devices are the keys of those that nothing else names, which are numbers.
func AdoptElements[E Element[E]](planned types.Map, devices []string, fits func(element E, key string) bool, adopt func(element E, key string) E) types.Map {
	added := ElementsIn[E](planned)
	free := slices.SortedFunc(slices.Values(devices), CompareDevices)
	names := slices.Sorted(maps.Keys(added))
	for _, name := range slices.Backward(names) {
		for i, key := range slices.Backward(free) {
			if fits(added[name], key) {
				added[name], free = adopt(added[name], key), slices.Delete(free, i, i+1)

				break
			}
		}
	}
	if len(added) == 0 {
		return planned
	}

	return ElementsValue(added)
}
