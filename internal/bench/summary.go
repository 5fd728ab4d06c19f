package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Spread is a median, and between what it lies.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// Costs is what a step cost one subject, over all times that it was taken.
type Costs struct {
	Samples      int                `json:"samples"`
	Requests     Spread             `json:"requests_each"`
	ByMethod     map[string]float64 `json:"by_method"` // requests of all objects together, medians
	Wall         Spread             `json:"wall_s"`
	CPU          Spread             `json:"cpu_ms_each"`
	Memory       Spread             `json:"memory_mib"`
	Handshakes   Spread             `json:"handshakes"`
	SimulatorCPU Spread             `json:"simulator_cpu_share"` // of one CPU
}

// Summary is a step of a case, with what it cost each subject.
type Summary struct {
	Case  Case              `json:"case"`
	Step  Step              `json:"step"`
	Costs map[Subject]Costs `json:"costs"`
	// WallRatio is the provider's time to the larger of the floors', CPURatio and MemoryRatio those to the engine's; 0 where one
	// is not known.
	WallRatio   float64 `json:"wall_ratio"`
	CPURatio    float64 `json:"cpu_ratio"`
	MemoryRatio float64 `json:"memory_ratio"`
}

// Summaries are the report's runs, by case and step.
func (r *Report) Summaries() []Summary {
	var cases []Case
	for _, run := range r.Runs {
		if !slices.Contains(cases, run.Case) {
			cases = append(cases, run.Case)
		}
	}
	slices.SortFunc(cases, func(a, b Case) int {
		return cmp.Or(cmp.Compare(a.Scenario, b.Scenario), -cmp.Compare(a.Task, b.Task), cmp.Compare(a.N, b.N),
			cmp.Compare(a.Parallelism, b.Parallelism), cmp.Compare(a.Latency, b.Latency))
	})
	var all []Summary
	for _, c := range cases {
		for _, step := range Steps() {
			summary := Summary{Case: c, Step: step, Costs: map[Subject]Costs{}}
			for _, subject := range Subjects() {
				if samples := r.samples(c, subject, step); len(samples) > 0 {
					summary.Costs[subject] = costsOf(samples, c.N)
				}
			}
			summary.compare()
			all = append(all, summary)
		}
	}

	return all
}

// samples are what a step cost a subject, each time that it was taken, in all repetitions of a case.
func (r *Report) samples(of Case, subject Subject, step Step) []Sample {
	var samples []Sample
	for _, run := range r.Runs {
		if run.Case != of || run.Subject != subject {
			continue
		}
		for _, sample := range run.Samples {
			if sample.Step == step {
				samples = append(samples, sample)
			}
		}
	}

	return samples
}

func (s *Summary) compare() {
	provider, floor, engine := s.Costs[Provider], s.Costs[Floor], s.Costs[Engine]
	s.WallRatio = ratio(provider.Wall.Median, max(floor.Wall.Median, engine.Wall.Median))
	s.CPURatio = ratio(provider.CPU.Median, engine.CPU.Median)
	s.MemoryRatio = ratio(provider.Memory.Median, engine.Memory.Median)
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}

	return a / b
}

func costsOf(samples []Sample, n int) Costs {
	of := func(value func(Sample) float64) Spread {
		values := make([]float64, len(samples))
		for i, sample := range samples {
			values[i] = value(sample)
		}

		return spreadOf(values)
	}
	objects := float64(n)
	costs := Costs{
		Samples:      len(samples),
		Requests:     of(func(s Sample) float64 { return float64(s.Requests) / objects }),
		Wall:         of(func(s Sample) float64 { return s.Wall.Seconds() }),
		CPU:          of(func(s Sample) float64 { return s.CPU.Seconds() * 1000 / objects }),
		Memory:       of(func(s Sample) float64 { return float64(s.Memory) / (1 << 20) }),
		Handshakes:   of(func(s Sample) float64 { return float64(s.Handshakes) }),
		SimulatorCPU: of(func(s Sample) float64 { return ratio(s.SimulatorCPU.Seconds(), s.Wall.Seconds()) }),
		ByMethod:     map[string]float64{},
	}
	for _, sample := range samples {
		for method := range sample.ByMethod {
			costs.ByMethod[method] = of(func(s Sample) float64 { return float64(s.ByMethod[method]) }).Median
		}
	}

	return costs
}

func spreadOf(values []float64) Spread {
	slices.Sort(values)
	middle := len(values) / 2
	median := values[middle]
	if len(values)%2 == 0 {
		median = (values[middle-1] + values[middle]) / 2
	}

	return Spread{Median: median, Min: values[0], Max: values[len(values)-1]}
}

// WriteJSON writes the report with its summaries.
func (r *Report) WriteJSON(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		*Report

		Summaries []Summary `json:"summaries"`
	}{r, r.Summaries()})
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}

	return nil
}
