package vcenter

import (
	"strings"
	"unicode/utf8"

	"github.com/vmware/govmomi/vim25/types"
)

// maxNameLength is vCenter's limit of a VM's name, in characters.
const maxNameLength = 80

var (
	escaper   = strings.NewReplacer("%", "%25", "/", "%2f", `\`, "%5c")
	unescaper = strings.NewReplacer("%25", "%", "%2f", "/", "%2F", "/", "%5c", `\`, "%5C", `\`)
)

// escapeName returns a literal name with the escapes that vim25 stores.
func escapeName(literal string) string { return escaper.Replace(literal) }

// literalName returns a name of vim25 without its escapes.
func literalName(escaped string) string { return unescaper.Replace(escaped) }

// checkLiteralName refuses a name that no VM may have.
func checkLiteralName(name string) *problem {
	switch {
	case name == "":
		return invalidName(name, "The name is empty.")
	case utf8.RuneCountInString(name) > maxNameLength:
		return invalidName(name, "The name is longer than 80 characters.")
	default:
		return nil
	}
}

// checkVimName refuses a name that vim25 does not take: as [checkLiteralName], and one with a percent sign, slash or
// backslash that is not escaped.
func checkVimName(name string) *problem {
	bare := strings.NewReplacer("%25", "", "%2f", "", "%2F", "", "%5c", "", "%5C", "").Replace(name)
	if strings.ContainsAny(bare, `%/\`) {
		return invalidName(name, "The name holds a %, / or \\ that is not escaped.")
	}

	return checkLiteralName(literalName(name))
}

func invalidName(name, why string) *problem {
	return &problem{
		fault:     &types.InvalidName{Name: name},
		errorType: errorInvalidArgument,
		messages:  []string{"The name '" + name + "' is invalid.", why},
	}
}

// maxFileName leaves room in a file's name for extensions and numbers.
const maxFileName = 200

// fileName returns a literal name without the characters that file names cannot have.
func fileName(literal string) string {
	name := strings.NewReplacer("%", "_", "/", "_", `\`, "_").Replace(literal)
	for len(name) > maxFileName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}

	return name
}
