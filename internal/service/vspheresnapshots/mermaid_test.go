package vspheresnapshots

import (
	"strings"
	"testing"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ name, want string }{
		"a word":               {"before-upgrade_2.1", "before-upgrade_2.1"},
		"other scripts":        {"vor Änderung 変更", "vor Änderung 変更"},
		"a quote":              {`say "hi"`, `say #34;hi#34;`},
		"closing the box":      {`x"] --> y["`, `x#34;#93; #45;#45;#62; y#91;#34;`},
		"markup":               {"<b>&amp;</b>", "#60;b#62;#38;amp#59;#60;#47;b#62;"},
		"an entity of its own": {"#quot;", "#35;quot#59;"},
		"a directive":          {"%%{init: {}}%%", "#37;#37;#123;init#58; #123;#125;#125;#37;#37;"},
		"Markdown":             {"`**x**` _y_", "#96;#42;#42;x#42;#42;#96; #95;y#95;"},
		"a Markdown list":      {"1. first", "1#46; first"},
		"several lines":        {"a\nb\tc\u2028d", "a b c d"},
		"a word of Mermaid":    {"end", "end"},
		"nothing":              {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := label(test.name); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// FuzzLabel has no name that can leave its quotes or its line.
func FuzzLabel(f *testing.F) {
	f.Add("before")
	f.Add(`"];%%{`)
	f.Fuzz(func(t *testing.T, name string) {
		if got := label(name); strings.ContainsAny(got, "\"'`<>[](){}%&|\\\n\r") {
			t.Errorf("%q becomes %s", name, got)
		}
	})
}
