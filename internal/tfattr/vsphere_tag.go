package tfattr

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var (
	tagID      = regexp.MustCompile(`^urn:[^:/\s]+:InventoryServiceTag:[^:/\s]+:[^:/\s]+$`)
	categoryID = regexp.MustCompile(`^urn:[^:/\s]+:InventoryServiceCategory:`)
)

// VSphereTagID returns a validator of the id of a tag in vCenter: "urn:vmomi:InventoryServiceTag:4f8b7c6e-1d2a-4b3c-8e9f-0a1b2c3d4e5f:GLOBAL".
func VSphereTagID() validator.String {
	return textRule{
		"Invalid tag id", `the id of a tag, such as "urn:vmomi:InventoryServiceTag:4f8b7c6e-1d2a-4b3c-8e9f-0a1b2c3d4e5f:GLOBAL". The data source ` +
			`vmfork_vsphere_object gives it for a category and a name, with the type "tag" and a path such as "team/red"`,
		func(text string) string {
			switch {
			case tagID.MatchString(text):
				return ""
			case categoryID.MatchString(text):
				return Quoted(text) + " is the id of a category."
			case tagID.MatchString(strings.TrimSpace(text)):
				return Quoted(text) + " has white space around it."
			default:
				return Quoted(text) + " is no tag id."
			}
		},
	}
}
