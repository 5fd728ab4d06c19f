package bench

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Markdown is the report as tables.
func (r *Report) Markdown() string {
	summaries := r.Summaries()
	var b strings.Builder
	r.header(&b)
	for _, group := range byScenario(summaries) {
		stepTable(&b, group)
	}
	curve(&b, summaries)
	b.WriteString("\n## Requests by method\n")
	for _, group := range byScenario(summaries) {
		methodTable(&b, group)
	}
	for _, failure := range r.Failures {
		fmt.Fprintf(&b, "\nNot measured: %s\n", failure)
	}

	return b.String()
}

// ByMethod is the report as tables of requests.
func (r *Report) ByMethod() string {
	var b strings.Builder
	for _, group := range byScenario(r.Summaries()) {
		methodTable(&b, group)
	}

	return strings.TrimLeft(b.String(), "\n")
}

// byScenario groups summaries, which are in the order of their scenarios.
func byScenario(summaries []Summary) [][]Summary {
	var groups [][]Summary
	for i, summary := range summaries {
		if i == 0 || summaries[i-1].Case.Scenario != summary.Case.Scenario {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], summary)
	}

	return groups
}

func (r *Report) header(b *strings.Builder) {
	fmt.Fprintf(b, "# What resources cost\n\n%s, %s, %d CPUs, %s.\n", r.Machine.Go, r.Machine.OS, r.Machine.CPUs, r.Machine.CLI)
	b.WriteString("\nWall is of the whole command. Floor: the operations that the platform needs and nothing else, without a CLI. Engine: a provider of " +
		"the same shape that does nothing, through the same CLI. Wall ratio: the provider's wall to the larger of the two. CPU and memory are the " +
		"provider's processes'; simulator is the platform's own CPU, as a share of one. Medians (min–max).\n")
	if len(r.Programs) > 0 {
		b.WriteString("\n| program | size MiB | start ms |\n|---|---|---|\n")
	}
	for _, program := range r.Programs {
		starts := make([]float64, len(program.Starts))
		for i, start := range program.Starts {
			starts[i] = start.Seconds() * 1000
		}
		fmt.Fprintf(b, "| %s | %.1f | %s |\n", program.Subject, float64(program.Size)/(1<<20), spreadOf(starts).text("%.0f"))
	}
}

// text writes a spread, with its ends where they show.
func (s Spread) text(format string) string {
	middle, least, most := fmt.Sprintf(format, s.Median), fmt.Sprintf(format, s.Min), fmt.Sprintf(format, s.Max)
	if least == most {
		return middle
	}

	return fmt.Sprintf("%s (%s–%s)", middle, least, most)
}

// stepTable writes all that one scenario costs.
func stepTable(b *strings.Builder, summaries []Summary) {
	name := summaries[0].Case.Scenario
	fmt.Fprintf(b, "\n## %s\n\nLatency %s.", name, summaries[0].Case.Latency)
	if scenarios[name].oneAtATime {
		fmt.Fprintf(b, " The platform makes one of them at a time, so more than %d are measured only when asked for.", reference)
	}
	b.WriteString("\n\n| N | parallel | tasks | step | requests each | floor | wall s | floor s | engine s | wall ratio | CPU ms each | engine | memory MiB | memory ratio | " +
		"handshakes | simulator |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range summaries {
		provider, floor, engine := s.Costs[Provider], s.Costs[Floor], s.Costs[Engine]
		cells := []string{
			fmt.Sprint(s.Case.N), fmt.Sprint(s.Case.Parallelism), s.Case.Task.String(), string(s.Step),
			ifMeasured(provider, provider.Requests.text("%.2f")), ifMeasured(floor, floor.Requests.text("%.2f")),
			ifMeasured(provider, provider.Wall.text("%.2f")), ifMeasured(floor, floor.Wall.text("%.2f")), ifMeasured(engine, engine.Wall.text("%.2f")),
			ifKnown(s.WallRatio, "%.2f"),
			ifKnown(provider.CPU.Median, "%.1f"), ifKnown(engine.CPU.Median, "%.1f"),
			ifKnown(provider.Memory.Median, "%.0f"), ifKnown(s.MemoryRatio, "%.2f"),
			ifMeasured(provider, provider.Handshakes.text("%.0f")), ifMeasured(provider, fmt.Sprintf("%.0f%%", provider.SimulatorCPU.Median*100)),
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// ifMeasured is a cell about a subject, if that was measured.
func ifMeasured(of Costs, cell string) string {
	if of.Samples == 0 {
		return "–"
	}

	return cell
}

// ifKnown is a cell with a number, if that is known.
func ifKnown(value float64, format string) string {
	if value == 0 {
		return "–"
	}

	return fmt.Sprintf(format, value)
}

// curve writes what an object costs as their number grows.
func curve(b *strings.Builder, summaries []Summary) {
	var numbers []int
	for _, s := range summaries {
		if !slices.Contains(numbers, s.Case.N) {
			numbers = append(numbers, s.Case.N)
		}
	}
	if len(numbers) < 2 {
		return
	}
	slices.Sort(numbers)
	at := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(numbers)), " / "), "[]")
	fmt.Fprintf(b, "\n## Cost curve\n\nThe provider, at the lowest parallelism, per object at N = %s.\n", at)
	b.WriteString("\n| scenario | step | requests | CPU ms | wall ms | floor's wall ms |\n|---|---|---|---|---|---|\n")
	for _, group := range byScenario(summaries) {
		for _, step := range Steps() {
			var requests, cpu, wall, floor []string
			for _, n := range numbers {
				found := lowest(group, n, step)
				provider := found.Costs[Provider]
				requests = append(requests, ifKnown(provider.Requests.Median, "%.2f"))
				cpu = append(cpu, ifKnown(provider.CPU.Median, "%.1f"))
				wall = append(wall, ifKnown(provider.Wall.Median*1000/float64(n), "%.0f"))
				floor = append(floor, ifKnown(found.Costs[Floor].Wall.Median*1000/float64(n), "%.0f"))
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", group[0].Case.Scenario, step, strings.Join(requests, " / "),
				strings.Join(cpu, " / "), strings.Join(wall, " / "), strings.Join(floor, " / "))
		}
	}
}

// lowest returns the summary of a step of n objects at the lowest parallelism, with the longest tasks: those come first.
func lowest(group []Summary, n int, step Step) Summary {
	i := slices.IndexFunc(group, func(s Summary) bool { return s.Case.N == n && s.Step == step })
	if i < 0 {
		return Summary{}
	}

	return group[i]
}

// methodTable writes the requests of one case of a scenario.
func methodTable(b *strings.Builder, group []Summary) {
	numbers := make([]int, len(group))
	for i, s := range group {
		numbers[i] = s.Case.N
	}
	n := referenceOf(numbers)
	first := lowest(group, n, Apply)
	fmt.Fprintf(b, "\n%d times %s, parallelism %d, tasks of %s, latency %s\n\n", n, first.Case.Scenario, first.Case.Parallelism,
		first.Case.Task, first.Case.Latency)
	b.WriteString("| step | subject | requests each | by method |\n|---|---|---|---|\n")
	for _, step := range Steps() {
		found := lowest(group, n, step)
		for _, subject := range []Subject{Provider, Floor} {
			costs, measured := found.Costs[subject]
			if !measured {
				continue
			}
			methods := slices.SortedFunc(maps.Keys(costs.ByMethod), func(x, y string) int {
				return cmp.Or(cmp.Compare(costs.ByMethod[y], costs.ByMethod[x]), cmp.Compare(x, y))
			})
			for i, method := range methods {
				methods[i] = fmt.Sprintf("%.0f %s", costs.ByMethod[method], method)
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", step, subject, costs.Requests.text("%.2f"), strings.Join(methods, ", "))
		}
	}
}
