package main

import (
	"fmt"
	"time"
)

// checklist collects the demo's checks.
type checklist struct {
	say    *narrator
	checks []check
}

type check struct {
	what string
	ok   bool
}

// that records whether something is as the demo says, and reports it. The text says what should be so.
func (c *checklist) that(ok bool, format string, args ...any) {
	done := check{what: fmt.Sprintf(format, args...), ok: ok}
	c.checks = append(c.checks, done)
	c.say.line("   %s", done)
}

// fail records something that kept the demo from going on.
func (c *checklist) fail(format string, args ...any) { c.that(false, format, args...) }

func (c *checklist) failed() bool {
	for _, check := range c.checks {
		if !check.ok {
			return true
		}
	}

	return false
}

func (c check) String() string {
	if c.ok {
		return "[ok]     " + c.what
	}

	return "[FAILED] " + c.what
}

// summary prints all checks once more, and the verdict.
func (c *checklist) summary(took time.Duration) {
	c.say.line("\nSummary: what was checked")
	failed := 0
	for _, check := range c.checks {
		c.say.line("   %s", check)
		if !check.ok {
			failed++
		}
	}
	verdict := "everything is as said"
	if failed > 0 {
		verdict = fmt.Sprintf("%d NOT as said", failed)
	}
	c.say.line("\n%d checks, %s, in %s.", len(c.checks), verdict, took.Round(time.Second))
}
