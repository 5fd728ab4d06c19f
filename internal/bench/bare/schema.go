package bare

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// attributesOf makes attributes of their shapes. They fit resources, data sources and providers alike.
func attributesOf[A any](shapes map[string]attributeShape, diags *diag.Diagnostics) map[string]A {
	attributes := make(map[string]A, len(shapes))
	for name, shape := range shapes {
		made, err := shape.attribute(diags)
		if err != nil {
			diags.AddError("The shape of "+name+" is not understood", err.Error())

			continue
		}
		attributes[name], _ = made.(A)
	}

	return attributes
}

// attribute makes an attribute. A computed one keeps its value, as those of the real resources do.
func (s attributeShape) attribute(diags *diag.Diagnostics) (schema.Attribute, error) {
	if s.Nested != nil {
		return s.nested(diags)
	}
	kind, err := typeOf(s.Type)
	if err != nil {
		return nil, err
	}
	switch kind := kind.(type) {
	case types.ListType:
		return schema.ListAttribute{
			ElementType: kind.ElemType, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			WriteOnly: s.WriteOnly, PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		}, nil
	case types.SetType:
		return schema.SetAttribute{
			ElementType: kind.ElemType, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			PlanModifiers: []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
		}, nil
	case types.MapType:
		return schema.MapAttribute{
			ElementType: kind.ElemType, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			WriteOnly: s.WriteOnly, PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
		}, nil
	}
	switch kind {
	case types.BoolType:
		return schema.BoolAttribute{
			Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive, WriteOnly: s.WriteOnly,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
		}, nil
	case types.Int64Type:
		return schema.Int64Attribute{
			Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive, WriteOnly: s.WriteOnly,
			PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
		}, nil
	default:
		return schema.StringAttribute{
			Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive, WriteOnly: s.WriteOnly,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		}, nil
	}
}

// nested makes an attribute that has attributes itself.
func (s attributeShape) nested(diags *diag.Diagnostics) (schema.Attribute, error) {
	inner := attributesOf[schema.Attribute](s.Nested.Attributes, diags)
	object := schema.NestedAttributeObject{Attributes: inner}
	switch s.Nested.Mode {
	case "single":
		return schema.SingleNestedAttribute{
			Attributes: inner, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		}, nil
	case "map":
		return schema.MapNestedAttribute{
			NestedObject: object, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
		}, nil
	case "list":
		return schema.ListNestedAttribute{
			NestedObject: object, Required: s.Required, Optional: s.Optional, Computed: s.Computed, Sensitive: s.Sensitive,
			PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		}, nil
	default:
		return nil, fmt.Errorf("nesting mode %q", s.Nested.Mode)
	}
}

// typeOf reads a type as the CLI writes it: "string", or ["list","string"]. All numbers are whole ones.
func typeOf(written json.RawMessage) (attr.Type, error) {
	var name string
	if err := json.Unmarshal(written, &name); err == nil {
		kind, known := map[string]attr.Type{"string": types.StringType, "bool": types.BoolType, "number": types.Int64Type}[name]
		if !known {
			return nil, fmt.Errorf("type %q", name)
		}

		return kind, nil
	}
	var parts [2]json.RawMessage
	if err := json.Unmarshal(written, &parts); err != nil {
		return nil, fmt.Errorf("type %s: %w", written, err)
	}
	inner, err := typeOf(parts[1])
	if err != nil {
		return nil, err
	}
	switch string(parts[0]) {
	case `"list"`:
		return types.ListType{ElemType: inner}, nil
	case `"set"`:
		return types.SetType{ElemType: inner}, nil
	case `"map"`:
		return types.MapType{ElemType: inner}, nil
	default:
		return nil, fmt.Errorf("type %s", written)
	}
}
