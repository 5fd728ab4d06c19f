package tfattr

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// DescribedTimeouts returns the attribute of the module terraform-plugin-framework-timeouts with a description, and with
// validators that repeat only the beginning of what they refuse.
func DescribedTimeouts(attribute schema.Attribute, about string) schema.Attribute {
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = about
	for name, member := range nested.Attributes {
		if text, ok := member.(schema.StringAttribute); ok {
			text.Validators = []validator.String{Timeout()}
			nested.Attributes[name] = text
		}
	}

	return nested
}
