package httpapi

import "strings"

const shownOfForeignBody = 200 // characters of a body that is no error of the API

// Printable returns the beginning of a body on one line, and nothing of markup.
func Printable(body []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body), "")), " ")
	if strings.HasPrefix(text, "<") {
		return ""
	}
	if runes := []rune(text); len(runes) > shownOfForeignBody {
		text = string(runes[:shownOfForeignBody]) + "…"
	}

	return text
}
