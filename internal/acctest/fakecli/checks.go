package fakecli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// String shows what the CLI would.
func (r Result) String() string {
	var all strings.Builder
	for _, one := range append(r.Errors, r.Warnings...) {
		fmt.Fprintf(&all, "%s: %s\n%s\n", one.Severity, one.Summary, one.Detail)
	}

	return all.String()
}

// Clean fails the test on any diagnostic.
func (r Result) Clean(t *testing.T) Result {
	t.Helper()
	if len(r.Errors)+len(r.Warnings) > 0 {
		t.Fatal(r)
	}

	return r
}

// Failed fails the test unless there is one error and no warning, and the error's summary holds the words.
func (r Result) Failed(t *testing.T, summary string) Result {
	t.Helper()
	if len(r.Errors) != 1 || len(r.Warnings) > 0 || !strings.Contains(r.Errors[0].Summary, summary) {
		t.Fatalf("want the error %q, got %s", summary, r)
	}

	return r
}

// Warned fails the test unless there is one warning and no error, and the warning's summary holds the words.
func (r Result) Warned(t *testing.T, summary string) Result {
	t.Helper()
	if len(r.Warnings) != 1 || len(r.Errors) > 0 || !strings.Contains(r.Warnings[0].Summary, summary) {
		t.Fatalf("want the warning %q, got %s", summary, r)
	}

	return r
}

// Settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *CLI) Settled(config Config) {
	c.t.Helper()
	c.Refresh().Clean(c.t)
	planned, _ := c.Plan(config)
	if planned.Clean(c.t).Action != "none" {
		c.t.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.Action, c.State, planned.Planned)
	}
}

// Is fails the test unless an attribute of the state has the value.
func (c *CLI) Is(want string, steps ...string) {
	c.t.Helper()
	if got := c.Get(steps...); got != want {
		c.t.Fatalf("%s is %s, want %s", strings.Join(steps, "."), got, want)
	}
}

// Interrupted returns a context that is cancelled after a while, as by the CLI's Stop.
func Interrupted(t *testing.T, after time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)

	return ctx
}

// Shown is what the CLI shows, with the attributes.
func (r Result) Shown() string {
	var all strings.Builder
	for _, one := range append(r.Errors, r.Warnings...) {
		at := ""
		if one.Attribute != nil && one.Attribute.String() != "" {
			at = " on " + one.Attribute.String()
		}
		fmt.Fprintf(&all, "%s%s: %s\n\n%s\n", one.Severity, at, one.Summary, one.Detail)
	}

	return cmp.Or(all.String(), "nothing\n")
}
