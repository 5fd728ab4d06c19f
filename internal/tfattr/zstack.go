package tfattr

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// The longest name and description that ZStack takes, in UTF-16 code units, as it counts them itself.
const (
	longestZStackName        = 255
	longestZStackDescription = 2048
)

var zstackUUID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ZStackUUID returns a validator of a ZStack object's uuid: 32 lower-case hexadecimal digits without dashes. ZStack takes
// other texts as the uuid of nothing, so that the object seems to be missing.
func ZStackUUID() validator.String {
	return textRule{
		"Invalid ZStack UUID", `32 lower-case hexadecimal digits, such as "20debd9bc9594d70b1ec81d7d31b29cc"`,
		func(text string) string {
			plain := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "-", ""))
			switch {
			case zstackUUID.MatchString(text):
				return ""
			case zstackUUID.MatchString(plain):
				return Quoted(text) + " is not written as ZStack does. Give " + Quoted(plain) + "."
			default:
				return Quoted(text) + " is no uuid of ZStack."
			}
		},
	}
}

// ZStackName returns a validator of the name of a ZStack object: 1 to 255 characters. A character beyond the Basic
// Multilingual Plane counts as two. White space around it is refused: ZStack drops it, and another name would come back.
func ZStackName() validator.String {
	return textRule{
		"Invalid name", fmt.Sprintf("a name of 1 to %d characters without white space around it", longestZStackName),
		func(name string) string {
			switch length := zstackLength(name); {
			case strings.Trim(name, zstackSpace) == "":
				return "The name is empty."
			case length > longestZStackName:
				return fmt.Sprintf("The name has %d characters.", length)
			case strings.Trim(name, zstackSpace) != name:
				return "The name " + Quoted(name) + " has white space around it, which ZStack drops."
			default:
				return ""
			}
		},
	}
}

// ZStackDescription returns a validator of the description of a ZStack object: up to 2048 characters, counted and kept as
// those of a name are. The empty text is fine.
func ZStackDescription() validator.String {
	return textRule{
		"Invalid description", fmt.Sprintf("a text of at most %d characters without white space around it: trimspace() "+
			"takes off what a heredoc adds", longestZStackDescription),
		func(text string) string {
			switch length := zstackLength(text); {
			case length > longestZStackDescription:
				return fmt.Sprintf("The description has %d characters.", length)
			case strings.Trim(text, zstackSpace) != text:
				return "The description has white space around it, which ZStack drops."
			default:
				return ""
			}
		},
	}
}

// zstackSpace is what ZStack, a Java program, takes off both ends of every text: all control characters and the space, but no
// other white space.
var zstackSpace = func() string {
	var all strings.Builder
	for r := range ' ' + 1 {
		all.WriteRune(r)
	}

	return all.String()
}()

// zstackLength is the length of a text as ZStack, a Java program, counts it: in UTF-16 code units.
func zstackLength(text string) int {
	length := 0
	for _, r := range text {
		length += utf16.RuneLen(r)
	}

	return length
}

// ZStackTag returns a validator of a user tag: a text that is not empty, without white space around it.
func ZStackTag() validator.String {
	return textRule{"Invalid tag", "a tag without white space around it", plainTagProblem}
}

// ZStackSystemTag returns a validator of a system tag: a word, such as "qemuga", or a key and its value, such as "ha::NeverStop".
// Tags whose value is known to have a form must have it.
func ZStackSystemTag() validator.String {
	return textRule{
		"Invalid system tag", `a system tag, such as "ha::NeverStop": a key and its value with two colons between them, or one word`,
		func(tag string) string {
			if problem := plainTagProblem(tag); problem != "" {
				return problem
			}
			key, value, parted := strings.Cut(tag, "::")
			switch {
			case strings.ContainsFunc(key, unicode.IsSpace):
				return "The key of " + Quoted(tag) + " has white space in it."
			case key == "":
				return Quoted(tag) + " has no key."
			case parted && value == "":
				return Quoted(tag) + " has no value."
			case key == "affinityGroupUuid" && !zstackUUID.MatchString(value):
				return Quoted(tag) + " names no affinity group by its uuid."
			case key == "volumeProvisioningStrategy" && value != "ThinProvisioning" && value != "ThickProvisioning":
				return Quoted(value) + " is neither ThinProvisioning nor ThickProvisioning."
			default:
				return ""
			}
		},
	}
}

// plainTagProblem says what is wrong with any tag.
func plainTagProblem(tag string) string {
	switch {
	case strings.TrimSpace(tag) == "":
		return "The tag is empty."
	case strings.TrimSpace(tag) != tag:
		return "The tag " + Quoted(tag) + " has white space around it."
	default:
		return ""
	}
}
