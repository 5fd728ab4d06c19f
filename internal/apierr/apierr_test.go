package apierr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

func TestEveryKindHasAName(t *testing.T) {
	t.Parallel()
	want := []string{
		"Internal", "NotFound", "AlreadyExists", "InvalidArgument", "InvalidState", "Busy", "Insufficient", "Denied",
		"Unauthenticated", "Unsupported", "Unavailable", "Cancelled", "TimedOut", "InUse",
	}
	kinds := apierr.Kinds()
	if len(kinds) != len(want) {
		t.Fatalf("there are %d kinds, want %d", len(kinds), len(want))
	}
	for i, kind := range kinds {
		if kind.String() != want[i] {
			t.Errorf("kind %d is called %q, want %q", i, kind, want[i])
		}
	}
	if apierr.Kind(0) != apierr.Internal {
		t.Error("an unclassified error is not Internal")
	}
	for _, kind := range []apierr.Kind{-1, apierr.Kind(len(kinds))} {
		if got := kind.String(); got != fmt.Sprintf("Kind(%d)", int(kind)) {
			t.Errorf("a kind that does not exist is called %q", got)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give *apierr.Error
		want string
	}{
		"nothing known": {&apierr.Error{}, "Internal"},
		"everything": {
			(&apierr.Error{
				Kind: apierr.Insufficient, Op: "CloneVM_Task", Object: "vm-42", Code: "NoDiskSpace",
				Messages: []string{"The clone failed", "No space on LocalDS_0"}, TaskID: "task-7",
			}).Wrap(errors.New("odd")),
			"CloneVM_Task on vm-42: Insufficient (NoDiskSpace): The clone failed: No space on LocalDS_0: odd",
		},
		"an object alone": {&apierr.Error{Kind: apierr.NotFound, Object: "vm-42"}, "on vm-42: NotFound"},
		"a code alone":    {&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"}, "Unavailable (HTTP 502)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.TrimSpace(test.give.Error()); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	busy := (&apierr.Error{Kind: apierr.Busy}).Wrap(odd)
	outer := (&apierr.Error{Kind: apierr.Unavailable, AnswerLost: true}).Wrap(busy)
	tests := map[string]struct {
		give error
		kind apierr.Kind
		lost bool
	}{
		"nil":                       {nil, apierr.Internal, false},
		"another type":              {odd, apierr.Internal, false},
		"an Error":                  {busy, apierr.Busy, false},
		"a wrapped Error":           {fmt.Errorf("reading vm-42: %w", busy), apierr.Busy, false},
		"an Error around another":   {outer, apierr.Unavailable, true},
		"an Error joined to others": {errors.Join(odd, outer), apierr.Unavailable, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := apierr.KindOf(test.give); got != test.kind {
				t.Errorf("KindOf is %s, want %s", got, test.kind)
			}
			if got := apierr.IsAnswerLost(test.give); got != test.lost {
				t.Errorf("IsAnswerLost is %t, want %t", got, test.lost)
			}
			var known *apierr.Error
			for _, kind := range apierr.Kinds() {
				want := errors.As(test.give, &known) && kind == test.kind
				if got := apierr.Is(test.give, kind); got != want {
					t.Errorf("Is(%s) is %t, want %t", kind, got, want)
				}
			}
			if apierr.Is(test.give) {
				t.Error("Is without kinds is true")
			}
		})
	}
	if !errors.Is(outer, odd) {
		t.Error("the cause is lost")
	}
	if !apierr.Is(busy, apierr.NotFound, apierr.Busy) {
		t.Error("Is looks at the first kind only")
	}
}
