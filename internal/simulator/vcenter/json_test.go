package vcenter

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

func TestJSONTargetOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ verb, path, want string }{
		{http.MethodPost, "/sdk/vim25/8.0.3.0/VirtualMachine/vm-1/PowerOnVM_Task", "PowerOnVM_Task"},
		{http.MethodGet, "/sdk/vim25/8.0.3.0/VirtualMachine/vm-1/name", "GET /sdk/vim25/{release}/VirtualMachine/{moId}/name"},
		{http.MethodPost, "/sdk/vim25/8.0.3.0/VirtualMachine/vm-1", ""},
		{http.MethodPost, "/sdk/vim25/8.0.3.0/VirtualMachine//PowerOnVM_Task", ""},
		{http.MethodPost, "/sdk", ""},
	} {
		target, ok := jsonTargetOf(httptest.NewRequest(test.verb, test.path, http.NoBody))
		got := ""
		if ok {
			got = target.method()
		}
		if got != test.want {
			t.Errorf("%s %s: %q, want %q", test.verb, test.path, got, test.want)
		}
	}
}

func TestEncodeJSON(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		`true`:                   true,
		`"text"`:                 "text",
		`["a","b"]`:              []string{"a", "b"},
		`"2026-01-02T03:04:05Z"`: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		`[1]`:                    types.ArrayOfInt{Int: []int32{1}},
		`{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-v3"}`: refOf("Folder", "group-v3"),
	} {
		var out bytes.Buffer
		if err := encodeJSON(&out, reflect.ValueOf(value)); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", ""); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
