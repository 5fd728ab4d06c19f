package conn

import (
	"net/http"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

func TestVAPIKinds(t *testing.T) {
	t.Parallel()
	if got := len(vapiKinds); got != 25 {
		t.Errorf("%d error types, the standard has 25", got)
	}
}

func TestDecodeError(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		effect httpapi.Effect
		want   apierr.Error
	}{
		{
			name: "the whole chain, localized first", status: http.StatusBadRequest,
			body: `{"error_type":"ALREADY_EXISTS","messages":[
				{"id":"a","default_message":"outer","localized":"äußere","args":["vm-1","web"]},
				{"id":"b","default_message":"inner %s","args":["vm-1"],"params":{"x":{"s":"group-v3"},"n":{"i":4}}},
				{"id":"com.vmware.only.id"}],"data":{"k":1}}`,
			want: apierr.Error{
				Kind: apierr.AlreadyExists, Code: "ALREADY_EXISTS",
				Messages:  []string{"äußere", "inner %s", "com.vmware.only.id"},
				Arguments: []string{"vm-1", "web", "group-v3"},
			},
		},
		{
			name: "an older server's form", status: http.StatusNotFound,
			body: `{"type":"com.vmware.vapi.std.errors.not_found","value":{"messages":[{"default_message":"gone"}]}}`,
			want: apierr.Error{Kind: apierr.NotFound, Code: "NOT_FOUND", Messages: []string{"gone"}},
		},
		{
			name: "the type decides, not the status", status: http.StatusInternalServerError, effect: httpapi.Changes,
			body: `{"error_type":"RESOURCE_INACCESSIBLE","messages":[]}`,
			want: apierr.Error{Kind: apierr.Unavailable, Code: "RESOURCE_INACCESSIBLE"},
		},
		{
			name: "a type of a newer API leaves the status to decide", status: http.StatusForbidden,
			body: `{"error_type":"BRAND_NEW"}`,
			want: apierr.Error{Kind: apierr.Denied, Code: "BRAND_NEW"},
		},
		{
			name: "vCenter gave up on work that may go on", status: http.StatusGatewayTimeout, effect: httpapi.Changes,
			body: `{"error_type":"TIMED_OUT"}`,
			want: apierr.Error{Kind: apierr.TimedOut, Code: "TIMED_OUT", AnswerLost: true},
		},
		{
			name: "a proxy's page", status: http.StatusBadGateway, effect: httpapi.Changes, body: "<html>Bad Gateway</html>",
			want: apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502", AnswerLost: true},
		},
		{
			name: "a read loses nothing", status: http.StatusBadGateway, body: "upstream\n  is gone",
			want: apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502", Messages: []string{"upstream is gone"}},
		},
		{
			name: "refused before it began", status: http.StatusServiceUnavailable, effect: httpapi.Changes,
			want: apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"},
		},
		{
			name: "too many", status: http.StatusTooManyRequests,
			want: apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"},
		},
		{
			name: "unauthorized without a word", status: http.StatusUnauthorized,
			want: apierr.Error{Kind: apierr.Unauthenticated, Code: "HTTP 401"},
		},
		{
			name: "JSON that is no error", status: http.StatusInternalServerError, effect: httpapi.Changes, body: `"oops"`,
			want: apierr.Error{Kind: apierr.Internal, Code: "HTTP 500", Messages: []string{`"oops"`}, AnswerLost: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.want.Op, tt.want.Object = "POST /x", "vm-1"
			got := decodeError(httpapi.Call{Op: "POST /x", Object: "vm-1", Effect: tt.effect}, tt.status, []byte(tt.body))
			if got, want := whole(*got), whole(tt.want); got != want {
				t.Errorf("decodeError:\n got %s\nwant %s", got, want)
			}
		})
	}
}

func FuzzDecodeError(f *testing.F) {
	f.Add(404, `{"error_type":"NOT_FOUND","messages":[{"default_message":"x","args":["a"],"params":{"p":{"s":"t"}}}]}`)
	f.Add(500, `{"type":"a.b.c","value":{"value":{"messages":null}}}`)
	f.Add(502, "<html>")
	f.Add(0, "\xff\xfe{")
	f.Fuzz(func(t *testing.T, status int, body string) {
		failure := decodeError(httpapi.Call{Op: "POST /x", Effect: httpapi.Changes}, status, []byte(body))
		if failure.Code == "" {
			t.Errorf("no code for %d %q", status, body)
		}
		if new(Conn).Repeater().Judge(failure, httpapi.Changes) != httpapi.GiveUp && failure.AnswerLost {
			t.Errorf("a lost answer would be repeated: %v", failure)
		}
	})
}
