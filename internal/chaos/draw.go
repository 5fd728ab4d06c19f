package chaos

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Drawing holds what the random plans of all platforms share.
type Drawing struct{ Random *rand.Rand }

// Beside returns a drawing with numbers of its own, made from what a plan consists of so far: what it draws in addition changes nothing of what the
// plan's seed draws.
func Beside(parts ...any) Drawing {
	seed := fnv.New64a()
	_, _ = fmt.Fprintln(seed, parts...) // it never fails

	return Drawing{Random: rand.New(rand.NewPCG(seed.Sum64(), 0))} //nolint:gosec // no secret
}

// Perhaps is true in so many of a hundred cases.
func (d Drawing) Perhaps(percent int) bool { return d.Random.IntN(100) < percent }

// OneOf draws a text.
func (d Drawing) OneOf(texts ...string) string { return texts[d.Random.IntN(len(texts))] }

// Preamble is what a configuration begins with: the provider's settings in the block of its platform, and the ids of the
// platform's machines by name, in the order of the names given.
func Preamble(platform string, settings, names []string, id func(name string) string) string {
	var machines strings.Builder
	for _, name := range names {
		fmt.Fprintf(&machines, "    %q = %q\n", name, id(name))
	}

	return "terraform {\n  required_providers {\n    vmfork = { source = \"vmfork/vmfork\" }\n  }\n}\n\n" +
		"provider \"vmfork\" {\n  " + platform + " = {\n    " + strings.Join(settings, "\n    ") + "\n  }\n}\n\n" +
		"locals {\n  machines = {\n" + machines.String() + "  }\n}\n"
}

// Body writes the arguments of a block.
func Body(arguments map[string]string) string {
	var body strings.Builder
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		fmt.Fprintf(&body, "  %s = %s\n", name, arguments[name])
	}

	return body.String()
}

// Quote writes a text as HCL does: a Go string in which no template begins.
func Quote(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(text))
}
