package lifecycle

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// moving is a platform which has given an object another id by the time that it is read.
type moving struct{ *scripted }

func (m moving) Made(_ context.Context, _ object, made string) (object, error) {
	if made != "vm-2" {
		return object{}, refusal(apierr.NotFound)
	}

	return object{id: made}, nil
}

func (m moving) AfterCreate(object, string, object) []Step[object] { return nil }

// TestMissing has a task tell an id that names nothing any more: what is made is looked for, and never dropped where it may be there.
func TestMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		platform scripted
		state    object
		says     string // the one diagnostic, an error; empty for none
	}{
		"under another id": {scripted{found: "vm-2"}, object{id: "vm-2"}, ""},
		"nothing proves whose the present one is": {
			scripted{found: "vm-2", unproved: true}, object{pendingTask: UnknownTask}, "nothing proves whose",
		},
		"gone":                    {scripted{}, object{id: "vm-1"}, "could not read it"},
		"the search failed":       {scripted{err: refusal(apierr.Internal)}, object{id: "vm-1"}, "could not read it"},
		"another resource's":      {scripted{found: "vm-2", other: true}, object{id: "vm-1"}, "could not read it"},
		"another's, nothing else": {scripted{found: "vm-2", unproved: true, other: true}, object{id: "vm-1"}, "could not read it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				platform, _, registry := test.platform.script(&job{ends: made()}, false)
				c := createOn(moving{platform}, registry)
				state, diags := c.conclude(t.Context(), t.Context(), outcome[string]{Kind: endCreated, Result: "vm-1", TaskID: "job-1"})
				if state == nil || *state != test.state {
					t.Errorf("the state is %+v, want %+v", state, test.state)
				}
				if said := inOneText(diags); (said == "") != (test.says == "") || !strings.Contains(said, test.says) {
					t.Errorf("it says %q, want %q", said, test.says)
				}
			})
		})
	}
}

// inOneText returns the summaries of diagnostics.
func inOneText(diags diag.Diagnostics) string {
	texts := make([]string, len(diags))
	for i, each := range diags {
		texts[i] = each.Summary()
	}

	return strings.Join(texts, "; ")
}
