package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// table prints the steps as a Markdown table, the methods of each by their share.
func table(s settings, steps []step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d times vmfork_%s, parallelism %d, tasks of %s, latency %s\n\n", s.n, s.resource, s.parallelism, s.task, s.latency)
	b.WriteString("| step | requests each | requests | by method |\n|---|---|---|---|\n")
	for _, step := range steps {
		methods := slices.SortedFunc(maps.Keys(step.ByMethod), func(x, y string) int {
			return cmp.Or(cmp.Compare(step.ByMethod[y], step.ByMethod[x]), cmp.Compare(x, y))
		})
		for i, method := range methods {
			methods[i] = fmt.Sprintf("%d %s", step.ByMethod[method], method)
		}
		fmt.Fprintf(&b, "| %s | %.2f | %d | %s |\n", step.Name, step.Each, step.Requests, strings.Join(methods, ", "))
	}

	return b.String()
}
