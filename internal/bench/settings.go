package bench

import (
	"cmp"
	"io"
	"slices"
	"time"
)

const (
	// manyObjects is the number of objects from which on a case is measured once by default: it takes minutes.
	manyObjects = 1000
	// usualRepeat is how often other cases are measured.
	usualRepeat = 3
	// reference is the number of objects that cases with another duration of tasks have, and that requests are listed for by method.
	reference = 100
)

// Settings say what is measured.
type Settings struct {
	Scenarios   []string
	Objects     []int
	Parallelism []int
	// Tasks are how long tasks take. All cases are measured with the first, and one of each scenario with the others.
	Tasks    []time.Duration
	Latency  time.Duration
	Repeat   int // 0: three times, but once from a thousand objects on
	Subjects []Subject
	// Long says that large numbers are measured also where the platform makes one object at a time.
	Long bool
	// Trace is where the requests of each step are written to, one a line; nil for nowhere.
	Trace io.Writer
}

// Cases are the cases that the settings ask for, small ones first.
func (s Settings) Cases() []Case {
	var cases []Case
	for i, task := range s.Tasks {
		objects, parallelism := s.Objects, s.Parallelism
		if i > 0 {
			objects, parallelism = []int{referenceOf(s.Objects)}, parallelism[:1]
		}
		for _, n := range objects {
			for _, p := range useful(parallelism, n) {
				for _, name := range s.Scenarios {
					cases = append(cases, Case{Scenario: name, N: n, Parallelism: p, Task: task, Latency: s.Latency})
				}
			}
		}
	}
	cases = slices.DeleteFunc(cases, func(c Case) bool { return c.N > reference && scenarios[c.Scenario].oneAtATime && !s.Long })
	slices.SortStableFunc(cases, func(a, b Case) int { return cmp.Compare(a.N, b.N) })

	return cases
}

// useful leaves out what would be more at a time than there are, where one of the others is enough for all.
func useful(parallelism []int, n int) []int {
	return slices.DeleteFunc(slices.Clone(parallelism), func(p int) bool {
		return slices.ContainsFunc(parallelism, func(fewer int) bool { return fewer >= n && fewer < p })
	})
}

// referenceOf is the number nearest to the reference, from below where there is one.
func referenceOf(objects []int) int {
	best := slices.Min(objects)
	for _, n := range objects {
		if n <= reference {
			best = max(best, n)
		}
	}

	return best
}

// repeats is how often a case is measured.
func (s Settings) repeats(c Case) int {
	switch {
	case s.Repeat > 0:
		return s.Repeat
	case c.N >= manyObjects:
		return 1
	default:
		return usualRepeat
	}
}
