package conn

import "strings"

// vim25 keeps three characters of a name as escapes: % as %25, / as %2f, \ as %5c. REST takes and gives names as they are.
var escapes = strings.NewReplacer("%", "%25", "/", "%2f", `\`, "%5c")

var unescapes = strings.NewReplacer("%25", "%", "%2f", "/", "%2F", "/", "%5c", `\`, "%5C", `\`)

// EscapeName returns the literal name as vim25 spells it.
func EscapeName(literal string) string { return escapes.Replace(literal) }

// UnescapeName returns vim25's name as users write it. A % that begins no escape stays.
func UnescapeName(escaped string) string { return unescapes.Replace(escaped) }

// PathSegment returns one segment of an inventory path as SearchIndex wants it. Segments are written with vim25's
// escapes, since a name may hold a slash; a % or \ that is none is taken literally and escaped.
func PathSegment(segment string) string { return EscapeName(UnescapeName(segment)) }

// SplitPath returns the segments of an inventory path, escaped.
func SplitPath(path string) []string {
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			segments = append(segments, PathSegment(segment))
		}
	}

	return segments
}
