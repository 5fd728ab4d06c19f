package zstack

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

func TestNameIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"web":       "name=web",
		"a,b":       "name=a,b",
		"a=b":       "name=a=b",
		"100%":      "name=100%",
		"a>b":       "name=a>b",
		"is null":   "name=is null",
		"=a":        "name~=_a",
		"a!=b":      "name~=a!_b",
		"a>=b":      "name~=a>_b",
		"a<=b=c":    "name~=a<_b_c",
		"a?=b,c":    "name~=a?_b,c",
		"a!~=b":     "name~=a!~_b",
		`a\b?=c`:    "name~=a_b?_c",
		" a\t":      "name~=_a_",
		"\u3000東京 ": "name~=_東京_",
	} {
		if got := nameIs(name); string(got) != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	got := encode([2]string{"q", `name=a b&c=50%+"ü"#/`}, [2]string{"sort", "+uuid"})
	want := "q=name%3Da%20b%26c%3D50%25%2B%22%C3%BC%22%23%2F&sort=%2Buuid"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOneOf(t *testing.T) {
	t.Parallel()
	if got := oneOf("uuid", nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	long := strings.Repeat("ü", longestQuery)
	if got := oneOf("name", []string{"a", long, "b", "c"}); len(got) != 3 || got[0] != "name?=a" || got[2] != "name?=b,c" {
		t.Errorf("%d conditions", len(got))
	}
	var uuids, listed []string
	for range 1000 {
		uuids = append(uuids, NewUUID())
	}
	for _, wanted := range oneOf("uuid", uuids) {
		if line := encode([2]string{"q", string(wanted)}); len(line) > longestQuery+100 {
			t.Errorf("a query of %d bytes", len(line))
		}
		listed = append(listed, strings.Split(strings.TrimPrefix(string(wanted), "uuid?="), ",")...)
	}
	if !slices.Equal(listed, uuids) {
		t.Error("conditions lose values")
	}
}

// asPlatform reads a condition as ZStack does: the first operator in this order that stands anywhere in it is the operator.
func asPlatform(text string) (field, operator, value string) {
	for _, operator := range []string{"!=", ">=", "<=", "!?=", "!~=", "~=", "?=", "=", ">", "<"} {
		if field, value, found := strings.Cut(text, operator); found {
			for strings.HasPrefix(value, operator) {
				value = strings.TrimPrefix(value, operator)
			}

			return field, operator, strings.TrimSpace(value)
		}
	}

	return "", "", ""
}

// matches reports whether a pattern with "_" and "%" means a name.
func matches(pattern, name []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(name) == 0
	case pattern[0] == '%':
		return matches(pattern[1:], name) || len(name) > 0 && matches(pattern, name[1:])
	case len(name) == 0:
		return false
	default:
		return (pattern[0] == '_' || pattern[0] == name[0]) && matches(pattern[1:], name[1:])
	}
}

// FuzzNameIs: as the platform reads it, and after the way through an address, the condition is met by the name.
func FuzzNameIs(f *testing.F) {
	for _, seed := range []string{"web", "a,b", "a!=b", "= =", "!?=", " %_ ", `\=\`, "~=~=", "東京?=", "a is null", ">=<=", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" || name != strings.ToValidUTF8(name, "") || strings.Count(name, "%") > 3 {
			return
		}
		decoded, err := url.ParseQuery(encode([2]string{"q", string(nameIs(name))}))
		if err != nil {
			t.Fatal(err)
		}
		field, operator, value := asPlatform(decoded.Get("q"))
		switch {
		case field != "name":
			t.Errorf("%q asks for a field %q", name, field)
		case operator == "=" && value != name:
			t.Errorf("%q asks for %q", name, value)
		case operator == "~=" && !matches([]rune(value), []rune(name)):
			t.Errorf("%q asks for what is like %q", name, value)
		case operator != "=" && operator != "~=":
			t.Errorf("%q is compared by %s", name, operator)
		}
		if listable(name) {
			_, operator, value := asPlatform(string(oneOf("name", []string{"x", name})[0]))
			if operator != "?=" || value != "x,"+name {
				t.Errorf("%q in a list is %s %q", name, operator, value)
			}
		}
	})
}

// TestReads_shared makes one request of the reads that arrive together, as far as their names allow, and finds each its own.
func TestReads_shared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, func(m message) reply {
			_, query, _ := strings.Cut(m.line, "?")
			values, _ := url.ParseQuery(query)
			_, _, value := asPlatform(values.Get("q"))
			var inventories []string
			// The platform does not look at case: what it tells must be looked through.
			for name := range strings.SplitSeq(value, ",") {
				inventories = append(inventories, fmt.Sprintf(`{"uuid":%[1]q,"name":%[1]q}`, name), fmt.Sprintf(`{"uuid":%[1]q,"name":%[1]q}`, strings.ToUpper(name)))
			}
			if value == "x,y" {
				inventories = []string{`{"uuid":"3","name":"x,y"}`}
			}

			return ok(`{"inventories":[` + strings.Join(inventories, ",") + "]}")
		})
		var callers sync.WaitGroup
		for _, name := range []string{"b", "a", "x,y"} {
			for range 2 {
				callers.Go(func() {
					found, err := client.VirtualMachinesNamed(t.Context(), name)
					if err != nil || len(found) != 1 || found[0].Name != name {
						t.Errorf("%s: %+v, %v", name, found, err)
					}
				})
			}
		}
		callers.Wait()
		want := []string{
			"GET /zstack/v1/vm-instances?q=name%3Dx%2Cy&limit=1000&start=0&sort=%2Buuid",
			"GET /zstack/v1/vm-instances?q=name%3F%3Da%2Cb&limit=1000&start=0&sort=%2Buuid",
		}
		if got := server.lines(); !slices.Equal(got, want) {
			t.Errorf("sent %q", got)
		}
	})
}

// TestReads_pages reads on while pages are full.
func TestReads_pages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, func(m message) reply {
			_, query, _ := strings.Cut(m.line, "?")
			values, _ := url.ParseQuery(query)
			page := make([]string, 0, pageSize)
			for i := range pageSize {
				page = append(page, fmt.Sprintf(`{"uuid":"%s-%d","name":"x"}`, values.Get("start"), i))
			}
			if values.Get("start") == "2000" {
				page = page[:5]
			}

			return ok(`{"inventories":[` + strings.Join(page, ",") + "]}")
		})
		found, err := client.VirtualMachinesNamed(t.Context(), "x")
		if err != nil || len(found) != 2005 || len(server.sent()) != 3 {
			t.Errorf("%d VMs in %d pages, %v", len(found), len(server.sent()), err)
		}
	})
}
