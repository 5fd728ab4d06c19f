package chaos

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Violation is one violated invariant.
type Violation struct {
	Invariant int // as the package comment counts them; 0 for a run that came to no end
	Phase     Phase
	Text      string
}

func (v Violation) String() string {
	return fmt.Sprintf("invariant %d after %s: %s", v.Invariant, v.Phase, v.Text)
}

// Struck is one fault that was drawn for a run.
type Struck struct {
	Phase Phase
	Fault string
	Words string
	Met   bool // it took effect
}

func (s Struck) String() string {
	text := fmt.Sprintf("%s during %s: %s", s.Fault, s.Phase, s.Words)
	if !s.Met {
		text += " (never came to it)"
	}

	return text
}

// Report is one run.
type Report struct {
	Seed       uint64
	Words      string
	Types      []string // the types of resources in it
	Strikes    []Struck
	Violations []Violation
}

// Table counts runs by fault and type of resource.
type Table struct {
	runs, survived map[string]map[string]int
	seeds          int
	violations     int
}

// Add counts one run. A fault that took no effect is not counted.
func (t *Table) Add(report Report) {
	if t.runs == nil {
		t.runs, t.survived = map[string]map[string]int{}, map[string]map[string]int{}
	}
	t.seeds++
	t.violations += len(report.Violations)
	met := map[string]bool{}
	for _, strike := range report.Strikes {
		if strike.Met {
			met[strike.Fault] = true
		}
	}
	if len(met) == 0 {
		met["none"] = true
	}
	for fault := range met {
		if t.runs[fault] == nil {
			t.runs[fault], t.survived[fault] = map[string]int{}, map[string]int{}
		}
		for _, kind := range report.Types {
			t.runs[fault][kind]++
			if len(report.Violations) == 0 {
				t.survived[fault][kind]++
			}
		}
	}
}

// Violations returns the number of violated invariants in all runs.
func (t *Table) Violations() int { return t.violations }

// Print writes the table: a row for each fault, a column for each type of resource, survived of runs in each cell.
func (t *Table) Print(w io.Writer) error {
	kinds := map[string]bool{}
	for _, row := range t.runs {
		for kind := range row {
			kinds[kind] = true
		}
	}
	columns := slices.Sorted(maps.Keys(kinds))
	var lines strings.Builder
	fmt.Fprintf(&lines, "survived/runs\t%s\t\n", strings.Join(columns, "\t"))
	for _, fault := range slices.Sorted(maps.Keys(t.runs)) {
		cells := []string{fault}
		for _, kind := range columns {
			cell := "-"
			if runs := t.runs[fault][kind]; runs > 0 {
				cell = fmt.Sprintf("%d/%d", t.survived[fault][kind], runs)
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(&lines, "%s\t\n", strings.Join(cells, "\t"))
	}
	fmt.Fprintf(&lines, "\n%d seeds, %d violations\n", t.seeds, t.violations)

	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(out, lines.String()); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}

	return nil
}
