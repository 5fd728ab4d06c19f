package conn

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

var change = httpapi.Call{Op: "StartVmInstance", Object: golden, Effect: httpapi.Changes}

// TestCodeKind has every code of the facts about ZStack, and an unknown one of each family.
func TestCodeKind(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]apierr.Kind{
		"SYS.1000": apierr.Internal, "SYS.1001": apierr.TimedOut, "SYS.1003": apierr.NotFound, "SYS.1006": apierr.Internal,
		"SYS.1007": apierr.InvalidArgument, "SYS.1009": apierr.Unavailable, "SYS.1010": apierr.Unavailable,
		"SYS.1011": apierr.Unavailable, "SYS.1012": apierr.Unavailable,
		"ID.1000": apierr.Unauthenticated, "ID.1001": apierr.Unauthenticated, "ID.1002": apierr.Denied,
		"ID.1003": apierr.Insufficient, "ID.1006": apierr.Busy,
		"VM.1000": apierr.Internal, "VM.1001": apierr.Internal, "VM.1002": apierr.Internal, "VM.1003": apierr.Internal,
		"VM.1004": apierr.Internal, "VM.1005": apierr.Internal, "VM.1010": apierr.InvalidState,
		"HOST_ALLOCATION.1000": apierr.Insufficient, "PS.1000": apierr.Insufficient, "L3.1000": apierr.Insufficient,

		"SYS.9999": apierr.Internal, "VM.9999": apierr.Internal, "ID.9999": apierr.Denied, "QUOTA.1": apierr.Insufficient,
		"HOST_ALLOCATION.9": apierr.Insufficient, "PS.9": apierr.Insufficient, "L3.9": apierr.Insufficient,
		"HOST.1000": apierr.Unavailable, "IDENTITY.1": apierr.Internal, "": apierr.Internal, ".": apierr.Internal,
	} {
		if got := codeKind(code); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give      string
		kind      apierr.Kind
		code      string
		messages  []string
		arguments []string
		lost      bool
		codes     string
	}{
		"alone": {
			give: `{"code":"SYS.1003","description":"not found","details":"no VM[uuid:` + golden + `]"}`,
			kind: apierr.NotFound, code: "SYS.1003", messages: []string{"no VM[uuid:" + golden + "]"},
			arguments: []string{golden}, codes: "ZStack SYS.1003",
		},
		"the deepest cause decides": {
			give: `{"code":"VM.1001","details":"start","cause":{"code":"SYS.1006","details":"op","cause":{"code":"PS.1000","details":"full"}}}`,
			kind: apierr.Insufficient, code: "PS.1000", messages: []string{"start", "op", "full"},
			codes: "ZStack VM.1001 < SYS.1006 < PS.1000",
		},
		"a deepest cause that tells nothing": {
			give: `{"code":"SYS.1006","cause":{"code":"HOST_ALLOCATION.1000","cause":{"code":"SYS.1000","details":"NPE"}}}`,
			kind: apierr.Insufficient, code: "HOST_ALLOCATION.1000", messages: []string{"NPE"},
			codes: "ZStack SYS.1006 < HOST_ALLOCATION.1000 < SYS.1000",
		},
		"nothing tells more": {
			give: `{"code":"SYS.1006","cause":{"code":"VM.1002","cause":{"code":"SYS.1006"}}}`,
			kind: apierr.Internal, code: "VM.1002", codes: "ZStack SYS.1006 < VM.1002 < SYS.1006",
		},
		"all is general": {give: `{"code":"SYS.1006","cause":{"code":"SYS.1000"}}`, kind: apierr.Internal, code: "SYS.1000", codes: "ZStack SYS.1006 < SYS.1000"},
		"texts":          {give: `{"code":"ID.1002","description":"a","cause":{"code":"ID.1002","elaboration":"b","cause":{"details":"b"}}}`, kind: apierr.Denied, code: "ID.1002", messages: []string{"a", "b"}, codes: "ZStack ID.1002 < ID.1002 < "},
		"out of time":    {give: `{"code":"VM.1001","cause":{"code":"SYS.1001"}}`, kind: apierr.TimedOut, code: "SYS.1001", lost: true, codes: "ZStack VM.1001 < SYS.1001"},
		"empty":          {give: `{}`, kind: apierr.Internal, code: apierr.CodeMalformedAnswer},
		"opaque":         {give: `{"code":"SYS.1007","opaque":{"a":1.0,"b":null},"cause":null}`, kind: apierr.InvalidArgument, code: "SYS.1007", codes: "ZStack SYS.1007"},
	}
	for name, tt := range tests {
		var code CodeError
		if err := json.Unmarshal([]byte(tt.give), &code); err != nil {
			t.Fatal(err)
		}
		got := Failure(change, &code)
		if got.Kind != tt.kind || got.Code != tt.code || got.Op != change.Op || got.Object != change.Object || got.AnswerLost != tt.lost ||
			!slices.Equal(got.Messages, tt.messages) || !slices.Equal(got.Arguments, tt.arguments) {
			t.Errorf("%s: %+v", name, got)
		}
		if told, ok := errors.AsType[*CodeError](got); ok != (tt.codes != "") || ok && told.Error() != tt.codes {
			t.Errorf("%s: chain %q", name, told)
		}
	}
}

// TestFailure_endless survives a chain that no platform would send.
func TestFailure_endless(t *testing.T) {
	t.Parallel()
	endless := &CodeError{Code: "SYS.1006", Details: "again"}
	endless.Cause = endless
	if got := Failure(change, endless); got.Code != "SYS.1006" || len(got.Messages) != 1 {
		t.Errorf("%+v", got)
	}
}

// FuzzFailure: whatever an error says, ours names a code and what was called, and repeats no text.
func FuzzFailure(f *testing.F) {
	f.Add(`{"code":"SYS.1006","details":"x","cause":{"code":"VM.1010"}}`)
	f.Add(`{"error":{"code":1}}`)
	f.Add(`{"cause":{"cause":{"cause":{}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var code CodeError
		if json.Unmarshal([]byte(text), &code) != nil {
			return
		}
		got := Failure(change, &code)
		if got.Op != change.Op || got.Object != change.Object || len(got.Messages) > deepestChain {
			t.Errorf("%q: %+v", text, got)
		}
		if got.Kind == apierr.Internal && strings.HasPrefix(got.Code, "ID.") {
			t.Errorf("%q: %+v", text, got)
		}
		for i, message := range got.Messages {
			if message == "" || i > 0 && message == got.Messages[i-1] {
				t.Errorf("%q: messages %q", text, got.Messages)
			}
		}
	})
}
