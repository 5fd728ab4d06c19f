// Package near finds the names that resemble one which nothing has, as a user may have misspelt it.
package near

import (
	"slices"
	"strings"
	"unicode"
)

// Names returns the known names that are nearest to the wanted one, each once and sorted; none where all are too different. Case and what
// joins words ("-", "_", a space) make no difference. Of other characters about one in four may differ, and a name may be a part of the
// other up to a dot, as a host's is with and without its domain.
func Names(wanted string, known []string) []string {
	best := limit(fold(wanted)) + 1
	var nearest []string
	for _, name := range known {
		switch apart := distance(wanted, name); {
		case apart < best:
			best, nearest = apart, []string{name}
		case apart == best && best <= limit(fold(wanted)):
			nearest = append(nearest, name)
		}
	}
	slices.Sort(nearest)

	return slices.Compact(nearest)
}

// limit is how many characters may differ from a folded name.
func limit(folded []rune) int { return (len(folded) + 1) / 4 } //nolint:mnd // one in four

// fold returns what of a name makes a difference: its letters and digits, in one case, or all of it where it has none of these.
func fold(name string) []rune {
	folded := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}

		return -1
	}, name))
	if len(folded) == 0 {
		return []rune(name)
	}

	return folded
}

// distance returns how many characters the names are apart: 0 where one is the other up to a dot.
func distance(a, b string) int {
	if strings.HasPrefix(strings.ToLower(b), strings.ToLower(a)+".") || strings.HasPrefix(strings.ToLower(a), strings.ToLower(b)+".") {
		return 0
	}

	return edits(fold(a), fold(b))
}

// edits returns how many characters have to be added, removed, replaced or swapped with the next one to make b of a: the optimal string
// alignment distance.
func edits(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replaced)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}

	return last[len(b)]
}
