package wording

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// invented are pictures that once stood for mechanisms. They are checked in comments and documentation alike.
	invented = words(
		"crowds?", "gatherings?", "rides?", "riders?", "appointments?", "fates?", "homeless", "deaf", "decent", "forsaken",
		"newcomers?", "lettingGo", "in the making", "what soever",
	)
	// personal are words for persons. They are checked in comments of Go code, where nothing is a person.
	personal = words("nobody", "somebody", "everybody", "whoever", "himself", "whom", "he", "his", "him")
)

// words returns a pattern of any of the alternatives as a whole word, in upper or lower case.
func words(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(` + strings.Join(alternatives, "|") + `)\b`)
}

// finding is one forbidden word.
type finding struct {
	line int // from 1
	word string
	text string // the line without white space around it
}

// String describes the finding, as it follows "file:".
func (f finding) String() string { return fmt.Sprintf("%d: %q in: %s", f.line, f.word, f.text) }

// check returns the forbidden words in a file. The name is its path in the checkout.
func check(name string, content []byte) []finding {
	switch path.Ext(name) {
	case ".go":
		return checkGo(name, content)
	case ".md", ".tmpl":
		return checkLines(content, invented)
	default:
		return checkLines(withoutCode(content), invented)
	}
}

// withoutCode removes all but the comments that begin with "#".
func withoutCode(content []byte) []byte {
	var comments []byte
	for line := range bytes.Lines(content) {
		_, comment, _ := bytes.Cut(line, []byte("#"))
		comments = append(append(comments, bytes.TrimSpace(comment)...), '\n')
	}

	return comments
}

// checkGo returns the forbidden words in the comments of Go code.
func checkGo(name string, content []byte) []finding {
	var found []finding
	file := token.NewFileSet().AddFile(name, -1, len(content))
	var tokens scanner.Scanner
	tokens.Init(file, content, nil, scanner.ScanComments)
	for {
		position, kind, text := tokens.Scan()
		if kind == token.EOF {
			return found
		}
		if kind != token.COMMENT {
			continue
		}
		for _, one := range checkLines([]byte(text), invented, personal) {
			one.line += file.Line(position) - 1
			found = append(found, one)
		}
	}
}

// checkLines returns the matches of the patterns, but for those in a path such as /_control/tasks: its names are an interface.
func checkLines(content []byte, patterns ...*regexp.Regexp) []finding {
	var found []finding
	number := 0
	for line := range bytes.Lines(content) {
		number++
		text := strings.TrimSpace(string(line))
		for _, pattern := range patterns {
			for _, at := range pattern.FindAllStringIndex(text, -1) {
				begin := at[0]
				if begin > 1 && text[begin-1] == '/' && text[begin-2] != '/' {
					continue
				}
				found = append(found, finding{line: number, word: text[begin:at[1]], text: text})
			}
		}
	}

	return found
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, give string
		want             []string // findings
	}{
		{"a person in a comment", "a.go", "package a\n\nvar x = 1 // nobody reads it\n", []string{`3: "nobody" in: // nobody reads it`}},
		{"a block of comments", "a.go", "package a\n\n/*\nIt rides.\nHe waits.\n*/\n", []string{`4: "rides" in: It rides.`, `5: "He" in: He waits.`}},
		{"code and strings", "a.go", "package a\n\nvar crowd = \"nobody // deaf\"\n", nil},
		{"parts of words", "a.go", "package a\n\n// It overrides the other; RunningTaskCounts, the cache.\n", nil},
		{"a path", "a.go", "package a\n\n// GET /_control/tasks/crowds lists them.\n", nil},
		{"right after the slashes", "a.go", "package a\n\n//crowd\n", []string{`3: "crowd" in: //crowd`}},
		{"a page", "a.md", "# Title\n\nNobody decides its fate.\n", []string{`3: "fate" in: Nobody decides its fate.`}},
		{"a template", "a.md.tmpl", "{{ .Name }} is in the making.\n", []string{`1: "in the making" in: {{ .Name }} is in the making.`}},
		{"a comment of a script", "a.tf", "name = \"deaf\"\n  size = 1 # a decent one\n", []string{`2: "decent" in: a decent one`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, one := range check(tt.file, []byte(tt.give)) {
				got = append(got, one.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
