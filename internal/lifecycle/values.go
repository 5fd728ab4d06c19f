package lifecycle

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Replacements returns the arguments whose change replaces the object, of those given by name as they were and as they are planned.
// They apply at creation only, and an imported object does not tell what it was created with: the first apply after an import writes
// down what the configuration says.
func Replacements(changes map[string][2]attr.Value, imported bool) path.Paths {
	var paths path.Paths
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		before, after := changes[name][0], changes[name][1]
		if !before.Equal(after) && (!none(before) || !none(after)) && (!imported || !before.IsNull()) {
			paths.Append(path.Root(name))
		}
	}

	return paths
}

// none reports whether an argument names nothing: modules pass an empty list for "no disks" as often as null.
func none(value attr.Value) bool {
	switch value := value.(type) {
	case types.Set:
		return !value.IsUnknown() && len(value.Elements()) == 0
	case types.Map:
		return !value.IsUnknown() && len(value.Elements()) == 0
	default:
		return value.IsNull()
	}
}

// Keep returns the planned value unless it is unknown.
func Keep[T attr.Value](planned, observed T) T {
	if planned.IsUnknown() {
		return observed
	}

	return planned
}

// NullIfUnknown returns the value, and null in place of an unknown one.
func NullIfUnknown[T attr.Value](value, null T) T {
	if value.IsUnknown() {
		return null
	}

	return value
}

// Differs reports whether a planned value is another one than the state's, or may be.
func Differs(before, after attr.Value) bool { return !after.Equal(before) }

// Changed reports whether the plan wants a value other than the state's. An unknown one is for the platform to choose.
func Changed(before, after attr.Value) bool {
	return !after.IsUnknown() && !after.IsNull() && !after.Equal(before)
}

// UnknownUnlessSet returns the planned value where the configuration sets it.
func UnknownUnlessSet(planned, wanted types.String) types.String {
	if wanted.IsNull() {
		return types.StringUnknown()
	}

	return planned
}

// StringIn returns a string attribute of an object; unknown where the object is, null where it is, or has no such attribute.
func StringIn(object types.Object, name string) types.String {
	return attributeIn(object, name, types.StringUnknown(), types.StringNull())
}

// BoolIn is [StringIn] for a truth value.
func BoolIn(object types.Object, name string) types.Bool {
	return attributeIn(object, name, types.BoolUnknown(), types.BoolNull())
}

// Int64In is [StringIn] for an integer.
func Int64In(object types.Object, name string) types.Int64 {
	return attributeIn(object, name, types.Int64Unknown(), types.Int64Null())
}

// NumberIn is [StringIn] for a number.
func NumberIn(object types.Object, name string) types.Number {
	return attributeIn(object, name, types.NumberUnknown(), types.NumberNull())
}

func attributeIn[T attr.Value](object types.Object, name string, unknown, null T) T {
	if object.IsUnknown() {
		return unknown
	}
	if value, ok := object.Attributes()[name].(T); ok {
		return value
	}

	return null
}

// SameParts reports whether two objects whose parts only say how say the same: null, an object of nothing but nulls, and one with empty sets
// are passed by modules for "as it comes".
func SameParts(before, after types.Object) bool {
	if before.IsUnknown() || after.IsUnknown() {
		return false
	}
	was, is := before.Attributes(), after.Attributes()
	for name := range maps.Keys(is) {
		if was[name] == nil && !none(is[name]) {
			return false
		}
	}
	for name, part := range was {
		other := is[name]
		if other == nil && !none(part) || other != nil && !part.Equal(other) && (!none(part) || !none(other)) {
			return false
		}
	}

	return true
}

// TextSet returns the set of texts.
func TextSet(texts []string) types.Set {
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}

	return types.SetValueMust(types.StringType, elements)
}

// TextsIn returns the known texts of a set, sorted; nil where there are none.
func TextsIn(set types.Set) []string {
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)

	return texts
}
