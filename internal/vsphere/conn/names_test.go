package conn

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEscapeName(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, literal, escaped string }{
		{"plain", "web-1", "web-1"},
		{"slash", "a/b", "a%2fb"},
		{"backslash", `a\b`, "a%5cb"},
		{"percent", "50%", "50%25"},
		{"looks like an escape", "a%2fb", "a%252fb"},
		{"all of them", `%/\`, "%25%2f%5c"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := EscapeName(tt.literal); got != tt.escaped {
				t.Errorf("EscapeName(%q) = %q, want %q", tt.literal, got, tt.escaped)
			}
			if got := UnescapeName(tt.escaped); got != tt.literal {
				t.Errorf("UnescapeName(%q) = %q, want %q", tt.escaped, got, tt.literal)
			}
		})
	}
}

func TestUnescapeName_foreign(t *testing.T) {
	t.Parallel()
	for escaped, want := range map[string]string{"a%2Fb": "a/b", "a%5Cb": `a\b`, "100%": "100%", "%zz%2": "%zz%2"} {
		if got := UnescapeName(escaped); got != want {
			t.Errorf("UnescapeName(%q) = %q, want %q", escaped, got, want)
		}
	}
}

func TestEscapeName_roundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkRoundTrip(t, rapid.String().Draw(t, "name")) })
}

func FuzzEscapeName(f *testing.F) {
	for _, name := range []string{"", "web", "%", "%25", "a/b", `\`, "%%2f%5C", "\x00\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) { checkRoundTrip(t, name) })
}

type failer interface {
	Fatalf(format string, args ...any)
}

func checkRoundTrip(t failer, name string) {
	escaped := EscapeName(name)
	if strings.ContainsAny(escaped, `/\`) {
		t.Fatalf("EscapeName(%q) = %q holds a separator", name, escaped)
	}
	if back := UnescapeName(escaped); back != name {
		t.Fatalf("UnescapeName(EscapeName(%q)) = %q", name, back)
	}
	if again := PathSegment(escaped); again != escaped {
		t.Fatalf("PathSegment(%q) = %q: an escaped segment must stay", escaped, again)
	}
}

func TestSplitPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		want       []string
	}{
		{"absolute", "/DC0/vm/web", []string{"DC0", "vm", "web"}},
		{"relative, doubled and trailing slashes", "DC0//vm/web/", []string{"DC0", "vm", "web"}},
		{"escaped slash", "/DC0/vm/a%2fb", []string{"DC0", "vm", "a%2fb"}},
		{"bare percent and backslash", `/DC0/vm/50%\x`, []string{"DC0", "vm", "50%25%5cx"}},
		{"root", "/", nil},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := SplitPath(tt.path)
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("SplitPath(%q) = %q, want %q", tt.path, got, tt.want)
			}
		})
	}
}
