package playedcli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Result is the outcome of one command of the CLI.
type Result struct {
	// Action is "create", "update", "replace" or "none".
	Action string
	// Planned is the planned state.
	Planned          tftypes.Value
	Errors, Warnings []*tfprotov6.Diagnostic
	// RequiresReplaceFor are the attributes that replace the instance.
	RequiresReplaceFor []string

	planResponse *tfprotov6.PlanResourceChangeResponse
}

func said(diagnostics []*tfprotov6.Diagnostic) Result {
	var all Result
	for _, one := range diagnostics {
		if one.Severity == tfprotov6.DiagnosticSeverityError {
			all.Errors = append(all.Errors, one)
		} else {
			all.Warnings = append(all.Warnings, one)
		}
	}

	return all
}

// String is what the CLI shows, with the attributes.
func (r Result) String() string {
	var all strings.Builder
	for _, one := range append(r.Errors, r.Warnings...) {
		at := ""
		if one.Attribute != nil && one.Attribute.String() != "" {
			at = " on " + one.Attribute.String()
		}
		fmt.Fprintf(&all, "%s%s: %s\n\n%s\n", one.Severity, at, one.Summary, one.Detail)
	}

	return cmp.Or(all.String(), "no diagnostic\n")
}

// Clean fails the test on any diagnostic.
func (r Result) Clean(t *testing.T) Result {
	t.Helper()
	if len(r.Errors)+len(r.Warnings) > 0 {
		t.Fatal(r)
	}

	return r
}

// Says fails the test unless there are so many errors and warnings, and the words are in what the CLI shows.
func (r Result) Says(t *testing.T, errors, warnings int, words string) Result {
	t.Helper()
	if len(r.Errors) != errors || len(r.Warnings) != warnings || !strings.Contains(r.String(), words) {
		t.Fatalf("want %d errors and %d warnings with %q, got:\n%s", errors, warnings, words, r)
	}

	return r
}

// Failed fails the test unless there is one error and no warning, and the error's text holds the words.
func (r Result) Failed(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Errors) != 1 || len(r.Warnings) > 0 || !strings.Contains(r.Errors[0].Summary+"\n"+r.Errors[0].Detail, words) {
		t.Fatalf("want the error %q, got %s", words, r)
	}

	return r
}

// Warned fails the test unless there is one warning and no error, and the warning's text holds the words.
func (r Result) Warned(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Warnings) != 1 || len(r.Errors) > 0 || !strings.Contains(r.Warnings[0].Summary+"\n"+r.Warnings[0].Detail, words) {
		t.Fatalf("want the warning %q, got %s", words, r)
	}

	return r
}

// FailedTitle fails the test unless there is one error and no warning, and the error's summary holds the words.
func (r Result) FailedTitle(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Errors) != 1 || len(r.Warnings) > 0 || !strings.Contains(r.Errors[0].Summary, words) {
		t.Fatalf("want the error %q, got %s", words, r)
	}

	return r
}

// WarnedTitle fails the test unless there is one warning and no error, and the warning's summary holds the words.
func (r Result) WarnedTitle(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Warnings) != 1 || len(r.Errors) > 0 || !strings.Contains(r.Warnings[0].Summary, words) {
		t.Fatalf("want the warning %q, got %s", words, r)
	}

	return r
}

// Settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *CLI) Settled(config Config) {
	c.T.Helper()
	c.Refresh().Clean(c.T)
	if planned := c.Plan(config).Clean(c.T); planned.Action != "none" {
		c.T.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.Action, c.State, planned.Planned)
	}
}

// Is fails the test unless an attribute of the state has the value.
func (c *CLI) Is(want string, steps ...string) {
	c.T.Helper()
	if got := c.Get(steps...); got != want {
		c.T.Fatalf("%s is %s, want %s", strings.Join(steps, "."), got, want)
	}
}

// Interrupted returns a context that is cancelled after a while, as by the CLI's Stop.
func Interrupted(t *testing.T, after time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)

	return ctx
}
