package zstack

import (
	"regexp"
	"strings"
)

// zqlToken is a word, a number, a text or a sign of ZStack's query language.
type zqlToken struct {
	text   string
	quoted bool // a text: its quotes are removed
}

// zqlForms are the tokens of the language, the longest first: its keywords of several words are one token each, and in lower case.
var zqlForms = regexp.MustCompile(`^(?:'(?:''|[^'])*'|"[^"]*"|is not null|is null|not in|not like|order by|group by|return with|restrict by|` +
	`named as|-?[0-9]+\.[0-9]+|-[0-9]+|[A-Za-z0-9_]+|!=|>=|<=|[=<>(),.;])`)

// zqlTokens splits a text into tokens.
func zqlTokens(text string) ([]zqlToken, *errorCode) {
	var tokens []zqlToken
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return tokens, nil
		}
		found := zqlForms.FindString(text)
		if found == "" {
			return nil, newError(codeInternal, "zql: no token begins with %q", text)
		}
		text = text[len(found):]
		switch found[0] {
		case '\'':
			tokens = append(tokens, zqlToken{strings.ReplaceAll(found[1:len(found)-1], "''", "'"), true})
		case '"':
			tokens = append(tokens, zqlToken{found[1 : len(found)-1], true})
		default:
			tokens = append(tokens, zqlToken{found, false})
		}
	}
}

// zqlReader reads the tokens of a text one after the other.
type zqlReader struct{ left []zqlToken }

// take reads the next token if it is a sign or a keyword.
func (r *zqlReader) take(text string) bool {
	if len(r.left) == 0 || r.left[0].quoted || r.left[0].text != text {
		return false
	}
	r.left = r.left[1:]

	return true
}

// expect reads the next token, which must be a sign or a keyword.
func (r *zqlReader) expect(text string) *errorCode {
	if !r.take(text) {
		return r.unexpected("'" + text + "'")
	}

	return nil
}

// next reads the next token, if it has the form.
func (r *zqlReader) next(what string, form *regexp.Regexp) (string, *errorCode) {
	if len(r.left) == 0 || r.left[0].quoted || !form.MatchString(r.left[0].text) {
		return "", r.unexpected(what)
	}
	text := r.left[0].text
	r.left = r.left[1:]

	return text, nil
}

// unexpected is the error of a token that the language does not have here, or that the simulator does not know.
func (r *zqlReader) unexpected(wanted string) *errorCode {
	got := "its end"
	if len(r.left) > 0 {
		got = "'" + r.left[0].text + "'"
	}

	return newError(codeInternal, "zql: got %s, want %s", got, wanted)
}
