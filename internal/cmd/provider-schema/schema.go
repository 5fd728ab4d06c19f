package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The types below are the JSON of `terraform providers schema -json`:
// https://developer.hashicorp.com/terraform/cli/commands/providers/schema

type document struct {
	FormatVersion string                  `json:"format_version"`
	Providers     map[string]providerJSON `json:"provider_schemas"`
}

type providerJSON struct {
	Provider    schemaJSON              `json:"provider"`
	Resources   map[string]schemaJSON   `json:"resource_schemas,omitempty"`
	DataSources map[string]schemaJSON   `json:"data_source_schemas,omitempty"`
	Ephemerals  map[string]schemaJSON   `json:"ephemeral_resource_schemas,omitempty"`
	Lists       map[string]schemaJSON   `json:"list_resource_schemas,omitempty"`
	Actions     map[string]schemaJSON   `json:"action_schemas,omitempty"`
	Functions   map[string]functionJSON `json:"functions,omitempty"`
	Identities  map[string]identityJSON `json:"resource_identity_schemas,omitempty"`
}

type schemaJSON struct {
	Version int64     `json:"version"`
	Block   blockJSON `json:"block"`
}

type blockJSON struct {
	Attributes      map[string]attributeJSON   `json:"attributes,omitempty"`
	BlockTypes      map[string]nestedBlockJSON `json:"block_types,omitempty"`
	Description     string                     `json:"description,omitempty"`
	DescriptionKind string                     `json:"description_kind,omitempty"`
	Deprecated      bool                       `json:"deprecated,omitempty"`
}

type nestedBlockJSON struct {
	NestingMode string    `json:"nesting_mode"`
	Block       blockJSON `json:"block"`
	MinItems    int64     `json:"min_items,omitempty"`
	MaxItems    int64     `json:"max_items,omitempty"`
}

type attributeJSON struct {
	Type            tftypes.Type    `json:"type,omitempty"`
	NestedType      *nestedTypeJSON `json:"nested_type,omitempty"`
	Description     string          `json:"description,omitempty"`
	DescriptionKind string          `json:"description_kind,omitempty"`
	Deprecated      bool            `json:"deprecated,omitempty"`
	Required        bool            `json:"required,omitempty"`
	Optional        bool            `json:"optional,omitempty"`
	Computed        bool            `json:"computed,omitempty"`
	Sensitive       bool            `json:"sensitive,omitempty"`
	WriteOnly       bool            `json:"write_only,omitempty"`
}

type nestedTypeJSON struct {
	Attributes  map[string]attributeJSON `json:"attributes,omitempty"`
	NestingMode string                   `json:"nesting_mode"`
}

type identityJSON struct {
	Version    int64                            `json:"version"`
	Attributes map[string]identityAttributeJSON `json:"attributes,omitempty"`
}

type identityAttributeJSON struct {
	Type              tftypes.Type `json:"type"`
	Description       string       `json:"description,omitempty"`
	RequiredForImport bool         `json:"required_for_import,omitempty"`
	OptionalForImport bool         `json:"optional_for_import,omitempty"`
}

type functionJSON struct {
	Description        string          `json:"description,omitempty"`
	Summary            string          `json:"summary,omitempty"`
	DeprecationMessage string          `json:"deprecation_message,omitempty"`
	ReturnType         tftypes.Type    `json:"return_type"`
	Parameters         []parameterJSON `json:"parameters,omitempty"`
	VariadicParameter  *parameterJSON  `json:"variadic_parameter,omitempty"`
}

type parameterJSON struct {
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	IsNullable  bool         `json:"is_nullable,omitempty"`
	Type        tftypes.Type `json:"type"`
}

func newProvider(schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) providerJSON {
	return providerJSON{
		Provider:    newSchema(schemas.Provider),
		Resources:   mapValues(schemas.ResourceSchemas, newSchema),
		DataSources: mapValues(schemas.DataSourceSchemas, newSchema),
		Ephemerals:  mapValues(schemas.EphemeralResourceSchemas, newSchema),
		Lists:       mapValues(schemas.ListResourceSchemas, newSchema),
		Actions:     mapValues(schemas.ActionSchemas, func(action *tfprotov6.ActionSchema) schemaJSON { return newSchema(action.Schema) }),
		Functions:   mapValues(schemas.Functions, newFunction),
		Identities:  mapValues(identities.IdentitySchemas, newIdentity),
	}
}

func mapValues[In, Out any](in map[string]In, convert func(In) Out) map[string]Out {
	out := make(map[string]Out, len(in))
	for key, value := range in {
		out[key] = convert(value)
	}

	return out
}

func newSchema(schema *tfprotov6.Schema) schemaJSON {
	return schemaJSON{Version: schema.Version, Block: newBlock(schema.Block)}
}

func newBlock(block *tfprotov6.SchemaBlock) blockJSON {
	nested := make(map[string]nestedBlockJSON, len(block.BlockTypes))
	for _, inner := range block.BlockTypes {
		nested[inner.TypeName] = nestedBlockJSON{
			NestingMode: strings.ToLower(inner.Nesting.String()),
			Block:       newBlock(inner.Block),
			MinItems:    inner.MinItems,
			MaxItems:    inner.MaxItems,
		}
	}

	return blockJSON{
		Attributes:      newAttributes(block.Attributes),
		BlockTypes:      nested,
		Description:     block.Description,
		DescriptionKind: strings.ToLower(block.DescriptionKind.String()),
		Deprecated:      block.Deprecated,
	}
}

func newAttributes(attributes []*tfprotov6.SchemaAttribute) map[string]attributeJSON {
	out := make(map[string]attributeJSON, len(attributes))
	for _, attribute := range attributes {
		converted := attributeJSON{
			Type:            attribute.Type,
			Description:     attribute.Description,
			DescriptionKind: strings.ToLower(attribute.DescriptionKind.String()),
			Deprecated:      attribute.Deprecated,
			Required:        attribute.Required,
			Optional:        attribute.Optional,
			Computed:        attribute.Computed,
			Sensitive:       attribute.Sensitive,
			WriteOnly:       attribute.WriteOnly,
		}
		if attribute.NestedType != nil {
			converted.NestedType = &nestedTypeJSON{
				Attributes:  newAttributes(attribute.NestedType.Attributes),
				NestingMode: strings.ToLower(attribute.NestedType.Nesting.String()),
			}
		}
		out[attribute.Name] = converted
	}

	return out
}

func newIdentity(schema *tfprotov6.ResourceIdentitySchema) identityJSON {
	attributes := make(map[string]identityAttributeJSON, len(schema.IdentityAttributes))
	for _, attribute := range schema.IdentityAttributes {
		attributes[attribute.Name] = identityAttributeJSON{
			Type:              attribute.Type,
			Description:       attribute.Description,
			RequiredForImport: attribute.RequiredForImport,
			OptionalForImport: attribute.OptionalForImport,
		}
	}

	return identityJSON{Version: schema.Version, Attributes: attributes}
}

func newFunction(function *tfprotov6.Function) functionJSON {
	converted := functionJSON{
		Description:        function.Description,
		Summary:            function.Summary,
		DeprecationMessage: function.DeprecationMessage,
		ReturnType:         function.Return.Type,
	}
	for _, parameter := range function.Parameters {
		converted.Parameters = append(converted.Parameters, newParameter(parameter))
	}
	if function.VariadicParameter != nil {
		variadic := newParameter(function.VariadicParameter)
		converted.VariadicParameter = &variadic
	}

	return converted
}

func newParameter(parameter *tfprotov6.FunctionParameter) parameterJSON {
	return parameterJSON{
		Name:        parameter.Name,
		Description: parameter.Description,
		IsNullable:  parameter.AllowNullValue,
		Type:        parameter.Type,
	}
}
