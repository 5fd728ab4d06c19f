package tfattr

import (
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/path"
)

// longestQuoted is how many characters of a value an error repeats: a file that was pasted in the wrong place would hide
// what the error says.
const longestQuoted = 120

// longestPath is the same for the place of a value.
const longestPath = 300

// Quoted is a value as errors repeat it: in quotes, and only its beginning where it is long.
func Quoted(text string) string {
	length := utf8.RuneCountInString(text)
	if length <= longestQuoted {
		return fmt.Sprintf("%q", text)
	}

	return fmt.Sprintf("%q… (%d characters)", string([]rune(text)[:longestQuoted]), length)
}

// placeOf is a path as errors repeat it. A key in it may be as long as any text.
func placeOf(at path.Path) string {
	text := at.String()
	if runes := []rune(text); len(runes) > longestPath {
		return string(runes[:longestPath]) + "…"
	}

	return text
}
