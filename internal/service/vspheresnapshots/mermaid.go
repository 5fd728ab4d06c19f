package vspheresnapshots

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// diagram draws the tree as a Mermaid flowchart: a box for each snapshot, an arrow from each to what was taken after it, and
// the VM below the current one.
func diagram(vmID string, all []vsphere.Snapshot) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for _, snapshot := range all {
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", nodeID(snapshot.ID), label(snapshot.Name))
	}
	fmt.Fprintf(&b, "  %s([\"%s\"])\n", nodeID(vmID), label(vmID))
	for _, snapshot := range all {
		if snapshot.ParentID != "" {
			fmt.Fprintf(&b, "  %s --> %s\n", nodeID(snapshot.ParentID), nodeID(snapshot.ID))
		}
		if snapshot.Current {
			fmt.Fprintf(&b, "  %s -.-> %s\n", nodeID(snapshot.ID), nodeID(vmID))
		}
	}

	return b.String()
}

// nodeID makes a word of a managed object id: "snapshot-7" is snapshot_7.
func nodeID(id string) string {
	return strings.Map(func(letter rune) rune {
		if plain(letter) {
			return letter
		}

		return '_'
	}, id)
}

// label writes a text so that Mermaid shows it as it is: quotes, markup, Markdown, directives and entities in it mean
// nothing. Everything but letters, digits and spaces becomes an entity, except for the hyphens, dots and underscores within a
// word, which mean nothing there.
func label(text string) string {
	letters := []rune(text)
	word := func(i int) bool { return i >= 0 && i < len(letters) && wordLetter(letters[i]) }
	var b strings.Builder
	for i, letter := range letters {
		switch {
		case wordLetter(letter), letter == ' ', strings.ContainsRune("-._", letter) && word(i-1) && word(i+1):
			b.WriteRune(letter)
		case unicode.IsControl(letter), unicode.IsSpace(letter):
			b.WriteRune(' ')
		default:
			fmt.Fprintf(&b, "#%d;", letter)
		}
	}

	return b.String()
}

func wordLetter(letter rune) bool { return unicode.IsLetter(letter) || unicode.IsDigit(letter) }

// plain reports whether a letter may stand in a node's id.
func plain(letter rune) bool {
	return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z' || letter >= '0' && letter <= '9'
}
