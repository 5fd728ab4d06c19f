package bare

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What computed attributes are. Ids have a form that no argument refuses.
const (
	someID   = "object-1"
	someUUID = "327b60d6b8cd31489ade6f4830bcec16"
	someText = "bare"
)

// known returns a value with constants for all that is unknown in it.
func known(planned tftypes.Value) (tftypes.Value, error) {
	settled, err := tftypes.Transform(planned, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		if value.IsKnown() {
			return value, nil
		}
		name, _ := at.LastStep().(tftypes.AttributeName)

		return constant(string(name), value.Type()), nil
	})
	if err != nil {
		return settled, fmt.Errorf("settling a plan: %w", err)
	}

	return settled, nil
}

// constant returns a value of a type, for an attribute of a name.
func constant(name string, kind tftypes.Type) tftypes.Value {
	switch kind := kind.(type) {
	case tftypes.Object:
		members := make(map[string]tftypes.Value, len(kind.AttributeTypes))
		for member, memberKind := range kind.AttributeTypes {
			members[member] = constant(member, memberKind)
		}

		return tftypes.NewValue(kind, members)
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{})
	case tftypes.List, tftypes.Set:
		return tftypes.NewValue(kind, []tftypes.Value{})
	}
	switch {
	case kind.Is(tftypes.Bool):
		return tftypes.NewValue(kind, false)
	case kind.Is(tftypes.Number):
		return tftypes.NewValue(kind, 1)
	case name == "uuid" || strings.HasSuffix(name, "_uuid"):
		return tftypes.NewValue(kind, someUUID)
	case name == "id" || strings.HasSuffix(name, "_id"):
		return tftypes.NewValue(kind, someID)
	default:
		return tftypes.NewValue(kind, someText)
	}
}
