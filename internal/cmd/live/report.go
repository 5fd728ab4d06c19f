package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// report is what a run found out. Its text is made of constants, versions, numbers and the names of faults alone.
type report struct {
	cli       string
	platforms []platformReport
	failure   error // what kept the run from beginning
}

// platformReport is what a run found out about one platform.
type platformReport struct {
	product  string
	steps    []stepReport
	answers  []answerReport
	left     int   // objects of the run that are left behind
	cleaning error // what kept the run from taking them away
	private  []string
}

// stepReport is how one step went.
type stepReport struct {
	title    string
	took     time.Duration
	requests int
	failure  error
}

// answerReport is what a platform answered to one question.
type answerReport struct {
	question

	answer   string
	notAsked string // why, empty when it was
	failure  error
}

func (p *platformReport) add(step stepReport) { p.steps = append(p.steps, step) }

// differs reports whether the platform does not do what the simulator does.
func (a answerReport) differs() bool {
	return a.notAsked == "" && a.rule != notPlayed && (a.failure != nil || a.answer != a.rule)
}

// String is for the user's eyes: it tells everything.
func (s stepReport) String() string {
	if s.failure != nil {
		return fmt.Sprintf("[FAILED] %s: %v", s.title, s.failure)
	}

	return fmt.Sprintf("[ok]     %s (%.1f s, %d requests)", s.title, s.took.Seconds(), s.requests)
}

// String is for the user's eyes: it tells everything.
func (a answerReport) String() string {
	switch {
	case a.notAsked != "":
		return fmt.Sprintf("[?]      %s: not asked, %s", a.asks, a.notAsked)
	case a.failure != nil:
		return fmt.Sprintf("[?]      %s: no answer, %v", a.asks, a.failure)
	case a.differs():
		return fmt.Sprintf("[other]  %s: %s (the simulator: %s)", a.asks, a.answer, a.rule)
	default:
		return fmt.Sprintf("[same]   %s: %s", a.asks, a.answer)
	}
}

// passed reports whether every step did, and nothing is left.
func (r report) passed() bool {
	return r.failure == nil && !slices.ContainsFunc(r.platforms, func(p platformReport) bool {
		return p.left > 0 || p.cleaning != nil || slices.ContainsFunc(p.steps, func(s stepReport) bool { return s.failure != nil })
	})
}

// verdict counts what was found.
func (r report) verdict() string {
	if r.failure != nil {
		return "The run could not begin: " + r.failure.Error()
	}
	var steps, failed, answers, differ, left int
	for _, p := range r.platforms {
		steps, left = steps+len(p.steps), left+p.left
		for _, s := range p.steps {
			if s.failure != nil {
				failed++
			}
		}
		for _, a := range p.answers {
			if a.notAsked != "" {
				continue
			}
			answers++
			if a.differs() {
				differ++
			}
		}
	}

	return fmt.Sprintf("%d steps, %d failed; %d answers, %d differ from the simulator; %d objects left.", steps, failed, answers, differ, left)
}

// text is the report.
func (r report) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# vmfork on a real platform\n")
	if r.failure != nil {
		line("The run could not begin.")

		return b.String()
	}
	line("%s, %s/%s. %s", r.cli, runtime.GOOS, runtime.GOARCH, r.verdict())
	var private []string
	for _, p := range r.platforms {
		private = append(private, p.private...)
		line("\n## %s\n\n| step | result | seconds | requests |\n|---|---|---|---|", p.product)
		for _, s := range p.steps {
			line("| %s | %s | %.1f | %d |", s.title, result(s.failure), s.took.Seconds(), s.requests)
		}
		line("| take everything away | %s | | |", p.leaving())
		if len(p.answers) > 0 {
			line("\n| question | answer | the simulator's |\n|---|---|---|")
		}
		for _, a := range p.answers {
			line("| %s | %s | %s |", a.asks, a.told(), a.compared())
		}
	}

	return without(b.String(), private)
}

func (p platformReport) leaving() string {
	switch {
	case p.cleaning != nil:
		return fmt.Sprintf("%s; %d objects are left", result(p.cleaning), p.left)
	case p.left > 0:
		return fmt.Sprintf("**failed**: %d objects are left", p.left)
	default:
		return "ok"
	}
}

func (a answerReport) told() string {
	switch {
	case a.notAsked != "":
		return "not asked: " + a.notAsked
	case a.failure != nil:
		return result(a.failure)
	default:
		return a.answer
	}
}

func (a answerReport) compared() string {
	if a.differs() {
		return "**other:** " + a.rule
	}

	return a.rule
}

// result tells how something ended, without any name: what is wrong, where that is a text of ours, and the faults that were told.
func result(failure error) string {
	if failure == nil {
		return "ok"
	}
	parts := []string{"**failed**"}
	if wrong, ok := errors.AsType[found](failure); ok {
		parts = append(parts, wrong.what)
	}
	if faults := faultsIn(failure.Error()); len(faults) > 0 {
		parts = append(parts, strings.Join(faults, ", "))
	}

	return strings.Join(parts, ": ")
}

var (
	word      = regexp.MustCompile(`\b[A-Z][A-Za-z]+\b`)
	otherCode = regexp.MustCompile(`\b(?:[A-Z]+(?:_[A-Z]+)+|[A-Z_]+\.1\d{3})\b`) // of REST, of ZStack
)

// faultsIn finds the names of faults and the error codes in a text, each once.
func faultsIn(text string) []string {
	faults := otherCode.FindAllString(text, -1)
	for _, each := range word.FindAllString(text, -1) {
		kind, known := types.TypeFunc()(each)
		if !known {
			continue
		}
		if _, isFault := reflect.TypeAssert[types.BaseMethodFault](reflect.New(kind)); isFault {
			faults = append(faults, each)
		}
	}
	slices.Sort(faults)

	return slices.Compact(faults)
}

// without takes private words out of a text. There should be none: this is the last guard.
func without(text string, private []string) string {
	const shortest = 5 // shorter ones are words of every text
	for _, each := range private {
		if len(each) >= shortest {
			text = strings.ReplaceAll(text, each, "…")
		}
	}

	return text
}
