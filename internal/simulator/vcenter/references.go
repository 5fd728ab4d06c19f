package vcenter

import (
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// references says which reference stands in the place of another.
type references map[types.ManagedObjectReference]types.ManagedObjectReference

// change returns the change that the references are.
func (r references) change() referenceChange {
	return func(ref types.ManagedObjectReference) (types.ManagedObjectReference, bool) {
		other, named := r[ref]

		return other, named
	}
}

// referenceChange returns what stands in the place of a reference, and whether something does.
type referenceChange func(types.ManagedObjectReference) (types.ManagedObjectReference, bool)

// replaceIn replaces the references in an object of the registry, its own among them. What the object held before stays as it was: an
// answer to a client may still be written from it.
func (r referenceChange) replaceIn(ctx *simulator.Context, object mo.Reference) {
	ctx.Map.WithLock(ctx, object, func() { r.replaceFields(reflect.ValueOf(object).Elem()) })
}

// replaceFields replaces the references in the exported fields of a struct, also of those that it embeds.
func (r referenceChange) replaceFields(object reflect.Value) {
	if object.Kind() != reflect.Struct {
		return
	}
	for i := range object.NumField() {
		field, about := object.Field(i), object.Type().Field(i)
		switch {
		case !about.IsExported():
		case about.Anonymous && field.Kind() == reflect.Struct:
			r.replaceFields(field)
		case isVimData(field.Type()):
			if replaced, changed := r.replace(field); changed {
				field.Set(replaced)
			}
		}
	}
}

// isVimData reports whether values of a type are data of vim25, and no part of govmomi's machinery.
func isVimData(kind reflect.Type) bool {
	for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}

	return strings.HasSuffix(kind.PkgPath(), "vim25/types")
}

// replace returns a value with its references replaced, as a copy where there are any.
func (r referenceChange) replace(value reflect.Value) (reflect.Value, bool) {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() || !isVimData(value.Type()) {
			return value, false
		}
		replaced, changed := r.replace(value.Elem())
		if !changed {
			return value, false
		}
		pointer := reflect.New(value.Type().Elem())
		pointer.Elem().Set(replaced)

		return pointer, true
	case reflect.Interface:
		if value.IsNil() {
			return value, false
		}

		return r.replace(value.Elem())
	case reflect.Slice:
		return r.replaceElements(value)
	case reflect.Struct:
		return r.replaceStruct(value)
	default:
		return value, false
	}
}

func (r referenceChange) replaceElements(list reflect.Value) (reflect.Value, bool) {
	if list.Type().Elem().Kind() == reflect.Uint8 {
		return list, false
	}
	result, changed := list, false
	for i := range list.Len() {
		replaced, differs := r.replace(list.Index(i))
		if !differs {
			continue
		}
		if !changed {
			result, changed = reflect.MakeSlice(list.Type(), list.Len(), list.Len()), true
			reflect.Copy(result, list)
		}
		result.Index(i).Set(replaced)
	}

	return result, changed
}

func (r referenceChange) replaceStruct(value reflect.Value) (reflect.Value, bool) {
	if ref, ok := reflect.TypeAssert[types.ManagedObjectReference](value); ok {
		other, named := r(ref)

		return reflect.ValueOf(other), named
	}
	if !isVimData(value.Type()) {
		return value, false
	}
	result, changed := value, false
	for i := range value.NumField() {
		if !value.Type().Field(i).IsExported() {
			continue
		}
		replaced, differs := r.replace(value.Field(i))
		if !differs {
			continue
		}
		if !changed {
			result, changed = reflect.New(value.Type()).Elem(), true
			result.Set(value)
		}
		result.Field(i).Set(replaced)
	}

	return result, changed
}
