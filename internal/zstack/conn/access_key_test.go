package conn

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// TestSignature is the vector of the facts about ZStack.
func TestSignature(t *testing.T) {
	t.Parallel()
	const path = "/v1/vm-instances/20debd9bc9594d70b1ec81d7d31b29cc/actions"
	got := signature("SECRET", http.MethodPut, "Sat, 21 Nov 2026 19:26:16 UTC", path)
	if want := "EphI65gobtauhzCheypB8DGMDf0="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestSignedDate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 19, 26, 16, 0, time.UTC)
	for zone, want := range map[string]string{
		"":                  "Sat, 21 Nov 2026 19:26:16 UTC",
		"UTC":               "Sat, 21 Nov 2026 19:26:16 UTC",
		"Asia/Shanghai":     "Sun, 22 Nov 2026 03:26:16 GMT+08:00",
		"America/Chicago":   "Sat, 21 Nov 2026 13:26:16 GMT-06:00",
		"Europe/London":     "Sat, 21 Nov 2026 19:26:16 UTC",
		"America/Sao_Paulo": "Sat, 21 Nov 2026 16:26:16 GMT-03:00",
		"Asia/Kathmandu":    "Sun, 22 Nov 2026 01:11:16 GMT+05:45",
	} {
		location, err := Config{TimeZone: zone}.location()
		if err != nil {
			t.Fatal(err)
		}
		if got := signedDate(at.In(location)); got != want {
			t.Errorf("%q: %s, want %s", zone, got, want)
		}
	}
}

// TestAccessKey signs what is sent: the path without query and without the context, and polls without anything.
func TestAccessKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := Config{Endpoint: "zstack.test", AccessKeyID: "KEY", AccessKeySecret: "SECRET", TimeZone: "Asia/Shanghai"}
		c, server := connect(t, config, func(*http.Request) reply { return ok("{}") })
		destroy := Request{
			Call:   httpapi.Call{Op: "DestroyVmInstance", Effect: httpapi.Changes},
			Method: http.MethodDelete, Path: "/v1/vm-instances/" + golden, Query: "deleteMode=Permissive",
		}
		if _, err := c.Send(t.Context(), destroy, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Poll(t.Context(), made, golden); err != nil {
			t.Fatal(err)
		}
		sent, polled := server.requests[0], server.requests[1]
		date := sent.Header.Get("Date")
		if want := "Sat, 01 Jan 2000 08:00:00 GMT+08:00"; date != want {
			t.Errorf("Date %q, want %q", date, want)
		}
		want := "ZStack KEY:" + signature("SECRET", http.MethodDelete, date, "/v1/vm-instances/"+golden)
		if got := sent.Header.Get("Authorization"); got != want {
			t.Errorf("Authorization %q, want %q", got, want)
		}
		if got := polled.Header.Get("Authorization"); got != "" {
			t.Errorf("a poll is authorized by %q", got)
		}
		if len(server.requests) != 2 {
			t.Errorf("%d requests, want 2: it logged in", len(server.requests))
		}
	})
}

func TestAccessKey_refused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ahead time.Duration
		code  string
	}{
		"wrong key":  {time.Minute, apierr.CodeAccessKeyRefused},
		"clock fast": {time.Hour, apierr.CodeClockSkew},
		"clock slow": {-time.Hour, apierr.CodeClockSkew},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config := Config{Endpoint: "zstack.test", AccessKeyID: "KEY", AccessKeySecret: "SECRET"}
				c, server := connect(t, config, func(*http.Request) reply {
					date := time.Now().Add(tt.ahead).UTC().Format(http.TimeFormat)

					return reply{status: http.StatusForbidden, body: "wrong signature", header: http.Header{"Date": {date}}}
				})
				err := c.readVM(t.Context())
				failure := asFailure(t, err)
				if failure.Kind != apierr.Unauthenticated || failure.Code != tt.code || failure.Object != "zstack.test" {
					t.Errorf("error %v", err)
				}
				if len(server.requests) != 1 {
					t.Errorf("sent %d times", len(server.requests))
				}
			})
		})
	}
}
