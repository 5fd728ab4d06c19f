package tfattr

import (
	"fmt"
	"unicode/utf8"
)

// longestQuoted is how many characters of a value an error repeats: a file that was pasted in the wrong place would hide
// what the error says.
const longestQuoted = 120

// quoted is a value as errors repeat it: in quotes, and only its beginning where it is long.
func quoted(text string) string {
	length := utf8.RuneCountInString(text)
	if length <= longestQuoted {
		return fmt.Sprintf("%q", text)
	}

	return fmt.Sprintf("%q… (%d characters)", string([]rune(text)[:longestQuoted]), length)
}
