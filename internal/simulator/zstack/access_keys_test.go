package zstack_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func signature(secret, method, date, path string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(method + "\n" + date + "\n" + path))

	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// TestAccessKeyVector checks the signature of the tests, against which the server's is compared.
func TestAccessKeyVector(t *testing.T) {
	t.Parallel()
	got := signature("SECRET", "PUT", "Sat, 21 Nov 2026 19:26:16 UTC", "/v1/vm-instances/20debd9bc9594d70b1ec81d7d31b29cc/actions")
	if want := "EphI65gobtauhzCheypB8DGMDf0="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAccessKeys(t *testing.T) {
	t.Parallel()
	const path, now = "/v1/zones", "Sat, 21 Nov 2026 19:26:16 UTC"
	zone := time.FixedZone("CST", 8*3600)
	time0 := newClock(time.Date(2026, time.November, 21, 19, 26, 16, 0, zone))
	server := startFront(t, zstacksim.Options{Clock: time0.Now})
	c := anonymous(t, server)
	id, secret := server.AccessKeyID(), server.AccessKeySecret()
	for name, test := range map[string]struct {
		date, signedPath, id, authorization string
		status                              int
		text                                string
	}{
		// The server's clock shows the same time in another zone.
		"any zone":          {date: now, status: 200},
		"its own zone":      {date: "Sat, 21 Nov 2026 19:26:16 CST", status: 200},
		"15 minutes early":  {date: "Sat, 21 Nov 2026 19:11:16 UTC", status: 200},
		"15 minutes late":   {date: "Sat, 21 Nov 2026 19:41:16 UTC", status: 200},
		"a second too late": {date: "Sat, 21 Nov 2026 19:41:17 UTC", status: 403, text: "requestTimeTooSkewed"},
		"too early":         {date: "Sat, 21 Nov 2026 19:11:15 UTC", status: 403, text: "requestTimeTooSkewed"},
		// The right moment, written in another zone than the server's.
		"another zone's time": {date: "Sat, 21 Nov 2026 11:26:16 UTC", status: 403, text: "requestTimeTooSkewed"},
		"no date":             {date: "", status: 400, text: "'Date' must be included in request header"},
		"another layout": {
			date: "2026-11-21T19:26:16Z", status: 400, text: "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'",
		},
		"no zone": {
			date: "Sat, 21 Nov 2026 19:26:16", status: 400, text: "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'",
		},
		"wrong day of the week": {
			date: "Sun, 21 Nov 2026 19:26:16 UTC", status: 400,
			text: "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'",
		},
		"context path signed": {date: now, signedPath: "/zstack" + path, status: 403, text: "wrong accessKey signature"},
		"query signed":        {date: now, signedPath: path + "?limit=1", status: 403, text: "wrong accessKey signature"},
		"unknown key":         {date: now, id: "UNKNOWN", status: 403, text: "access key id[UNKNOWN] is not found"},
		"no signature": {
			date: now, authorization: "ZStack " + id, status: 400, text: "accessKey format is 'ZStack AccessKeyId:Signature'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.signedPath == "" {
				test.signedPath = path
			}
			if test.id == "" {
				test.id = id
			}
			if test.authorization == "" {
				test.authorization = "ZStack " + test.id + ":" + signature(secret, http.MethodGet, test.date, test.signedPath)
			}
			headers := []string{"Authorization: " + test.authorization}
			if test.date != "" {
				headers = append(headers, "Date: "+test.date)
			}
			got := c.do(http.MethodGet, path+"?limit=1", nil, headers...)
			if test.status == http.StatusOK {
				got.wantStatus(t, http.StatusOK)
			} else {
				got.wantText(t, test.status, test.text)
			}
		})
	}
}

// TestAccessKeySignsThePathAsSent checks that a doubled slash is signed as sent, and that a key opens no session.
func TestAccessKeySignsThePathAsSent(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := anonymous(t, server)
	date := time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 MST")
	path := "/v1/vm-instances//" + server.ID("vm", "golden") + "/actions"
	signed := "Authorization: ZStack " + server.AccessKeyID() + ":" + signature(server.AccessKeySecret(), http.MethodPut, date, path)
	job := c.start(http.MethodPut, path, object{"stopVmInstance": object{}}, signed, "Date: "+date)
	c.end(job).wantStatus(t, http.StatusOK)
	if open := server.Sessions(); len(open) != 0 {
		t.Errorf("sessions %+v", open)
	}
}

// TestAccessKeys_checkTimeZone compares moments where the platform is set up to heed the zone, and reads abbreviations as Java does.
func TestAccessKeys_checkTimeZone(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	time0 := newClock(time.Date(2026, time.November, 21, 19, 26, 16, 0, shanghai))
	server := startFront(t, zstacksim.Options{Clock: time0.Now, CheckTimeZone: true})
	c := anonymous(t, server)
	for date, want := range map[string]int{
		"Sat, 21 Nov 2026 19:26:16 GMT+08:00":       http.StatusOK,
		"Sat, 21 Nov 2026 19:26:16 UTC+08:00":       http.StatusOK,
		"Sat, 21 Nov 2026 19:26:16 Asia/Shanghai":   http.StatusOK,
		"Sat, 21 Nov 2026 11:26:16 UTC":             http.StatusOK,
		"Sat, 21 Nov 2026 11:26:16 GMT":             http.StatusOK,
		"Sat, 21 Nov 2026 05:26:16 CST":             http.StatusOK, // Chicago's
		"Sat, 21 Nov 2026 19:26:16 CST":             http.StatusForbidden,
		"Sat, 21 Nov 2026 19:26:16 UTC":             http.StatusForbidden,
		"Sat, 21 Nov 2026 19:26:16 America/Chicago": http.StatusForbidden,
		"Sat, 21 Nov 2026 19:26:16 Middle/Earth":    http.StatusBadRequest,
		"Sat, 21 Nov 2026 19:26:16 GMT+8h":          http.StatusBadRequest,
	} {
		signed := "Authorization: ZStack " + server.AccessKeyID() + ":" + signature(server.AccessKeySecret(), http.MethodGet, date, "/v1/zones")
		c.do(http.MethodGet, "/v1/zones", nil, signed, "Date: "+date).wantStatus(t, want)
	}
}
