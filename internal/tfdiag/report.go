package tfdiag

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// report makes a diagnostic of the paragraphs that are not empty, on an attribute unless at is empty.
func report(severity diag.Severity, at path.Path, summary string, paragraphs ...string) diag.Diagnostic {
	var filled []string
	for _, paragraph := range paragraphs {
		if trimmed := strings.TrimRight(paragraph, " \n"); trimmed != "" {
			filled = append(filled, trimmed)
		}
	}
	summary, detail := shortened(redact(summary)), shortened(redact(strings.Join(filled, "\n\n")))
	var d diag.Diagnostic = diag.NewErrorDiagnostic(summary, detail)
	if severity == diag.SeverityWarning {
		d = diag.NewWarningDiagnostic(summary, detail)
	}
	if isEmpty(at) {
		return d
	}

	return diag.WithPath(at, d)
}

// longestQuote is how many characters a quotation in a diagnostic may have: more than any name or path that exists, but what was
// pasted in the wrong place should not hide what the error says.
const longestQuote = 1000

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// shortened cuts long quotations.
func shortened(text string) string {
	return quotation.ReplaceAllStringFunc(text, func(quote string) string {
		const beginning = 120
		runes := []rune(quote)
		if len(runes) <= longestQuote {
			return quote
		}

		return fmt.Sprintf("%s\"… (%d characters)", strings.TrimRight(string(runes[:beginning]), `\`), len(runes)-2)
	})
}

// isEmpty reports whether a path names nothing: the zero value and path.Empty alike, which are not Equal.
func isEmpty(at path.Path) bool { return len(at.Steps()) == 0 }

// Secrets reach no error by design; these catch what a platform or a library might echo all the same.
var (
	userInfo    = regexp.MustCompile(`(://[^/\s:@]*):[^/\s@]+@`)
	namedSecret = regexp.MustCompile(`(?i)((?:password|passwd|secret|token|session[-_]?id|authorization|cookie|` +
		`access[-_]?key[-_]?(?:id|secret))["']?\s*[=:]\s*)(?:(?:basic|bearer|oauth)\s+)?("[^"]*"|'[^']*'|[^\s,;)"']+)`)
	xmlSecret = regexp.MustCompile(`(?i)(<(?:\w+:)?(?:password|token|sessionid)[^>]*>)[^<]*(</)`)
)

// redact hides what looks like a secret.
func redact(text string) string {
	text = userInfo.ReplaceAllString(text, "$1:(hidden)@")
	text = xmlSecret.ReplaceAllString(text, "$1(hidden)$2")

	return namedSecret.ReplaceAllString(text, "$1(hidden)")
}

// sentence ends text with a full stop, unless it ends with a mark of its own.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}

	return text + "."
}

// upperFirst begins a sentence with a capital, unless it begins with something other than a plain word ("x509: …").
func upperFirst(text string) string {
	word, _, _ := strings.Cut(text, " ")
	for _, letter := range word {
		if !unicode.IsLower(letter) {
			return text
		}
	}
	if word == "" {
		return text
	}
	_, size := utf8.DecodeRuneInString(text)

	return strings.ToUpper(text[:size]) + text[size:]
}

// indented sets each line off by two spaces, which keeps the CLI from wrapping it.
func indented(lines ...string) string {
	return "  " + strings.Join(lines, "\n  ")
}
