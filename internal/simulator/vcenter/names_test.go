package vcenter

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ literal, escaped string }{
		{"web", "web"},
		{"100%", "100%25"},
		{"team/web", "team%2fweb"},
		{`dom\web`, "dom%5cweb"},
		{"looks%2flike", "looks%252flike"},
		{"größe-🦊", "größe-🦊"},
	} {
		if got := escapeName(test.literal); got != test.escaped {
			t.Errorf("escapeName(%q) = %q, want %q", test.literal, got, test.escaped)
		}
		if got := literalName(test.escaped); got != test.literal {
			t.Errorf("literalName(%q) = %q, want %q", test.escaped, got, test.literal)
		}
		if got := canonicalName(strings.ToUpper(test.escaped)); got != escapeName(strings.ToUpper(test.literal)) {
			t.Errorf("canonicalName(%q) = %q", strings.ToUpper(test.escaped), got)
		}
		if p := checkVimName(test.escaped); p != nil {
			t.Errorf("checkVimName(%q): %v", test.escaped, p.messages)
		}
	}
	for _, name := range []string{"", "50%", "a/b", `a\b`, "%2", strings.Repeat("x", 81)} {
		if checkVimName(name) == nil {
			t.Errorf("checkVimName(%q) found nothing wrong", name)
		}
	}
	if p := checkVimName(strings.Repeat("%25", 80)); p != nil {
		t.Errorf("80 escaped characters: %v", p.messages)
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`a/b\c%d`, strings.Repeat("🦊", 80), "plain"} {
		got := fileName(name)
		if strings.ContainsAny(got, `/\%`) || len(got) > maxFileName || got == "" {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	}
}
