package vsphereclone

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// basic is the smallest configuration.
func basic(changes ...config) config {
	merged := config{"name": "web", "source_vm_id": goldenID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// String shows what the CLI would.
func (r result) String() string {
	var all strings.Builder
	for _, one := range append(r.errors, r.warnings...) {
		fmt.Fprintf(&all, "%s: %s\n%s\n", one.Severity, one.Summary, one.Detail)
	}

	return all.String()
}

// clean fails the test on any diagnostic.
func (r result) clean(t *testing.T) result {
	t.Helper()
	if len(r.errors)+len(r.warnings) > 0 {
		t.Fatal(r)
	}

	return r
}

// failed fails the test unless there is one error and no warning, and the error's summary holds the words.
func (r result) failed(t *testing.T, summary string) result {
	t.Helper()
	if len(r.errors) != 1 || len(r.warnings) > 0 || !strings.Contains(r.errors[0].Summary, summary) {
		t.Fatalf("want the error %q, got %s", summary, r)
	}

	return r
}

// warned fails the test unless there is one warning and no error, and the warning's summary holds the words.
func (r result) warned(t *testing.T, summary string) result {
	t.Helper()
	if len(r.warnings) != 1 || len(r.errors) > 0 || !strings.Contains(r.warnings[0].Summary, summary) {
		t.Fatalf("want the warning %q, got %s", summary, r)
	}

	return r
}

// settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *core) settled(config config) {
	c.t.Helper()
	c.refresh().clean(c.t)
	planned, _ := c.plan(config)
	if planned.clean(c.t).action != "none" {
		c.t.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.action, c.state, planned.planned)
	}
}

// is fails the test unless an attribute of the state has the value.
func (c *core) is(want string, steps ...string) {
	c.t.Helper()
	if got := c.get(steps...); got != want {
		c.t.Fatalf("%s is %s, want %s", strings.Join(steps, "."), got, want)
	}
}

// interrupted returns a context that is cancelled after a while, as by the CLI's Stop.
func interrupted(t *testing.T, after time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)

	return ctx
}
