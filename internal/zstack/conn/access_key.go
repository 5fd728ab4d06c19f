package conn

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // ZStack signs with HMAC-SHA1
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// accessKey signs requests in place of a session.
type accessKey struct {
	id, secret string
	location   *time.Location // of the server's clock
}

// sign puts Date and Authorization on a request: the signature is the base64 of HMAC-SHA1(secret, "METHOD\nDATE\n/v1/path"),
// its path without the query and without the context /zstack.
func (k *accessKey) sign(r *http.Request) {
	date := signedDate(time.Now().In(k.location))
	r.Header.Set("Date", date)
	path := strings.TrimPrefix(r.URL.Path, contextPath)
	r.Header.Set("Authorization", "ZStack "+k.id+":"+signature(k.secret, r.Method, date, path))
}

func signature(secret, method, date, path string) string {
	code := hmac.New(sha1.New, []byte(secret))
	_, _ = code.Write([]byte(method + "\n" + date + "\n" + path)) // a hash never fails

	return base64.StdEncoding.EncodeToString(code.Sum(nil))
}

// signedDate writes a time as "EEE, dd MMM yyyy HH:mm:ss z", its zone as "UTC" or "GMT+08:00". A server that heeds the zone (its global
// configuration checkTimeZone) would take an abbreviation for the zone that Java means by it: CST for Chicago's, though it is Shanghai's too.
func signedDate(at time.Time) string {
	const clock = "Mon, 02 Jan 2006 15:04:05 "
	if _, offset := at.Zone(); offset == 0 {
		return at.Format(clock) + "UTC"
	}

	return at.Format(clock + "GMT-07:00")
}

// strays reports whether the server's clock, as its answer tells it, is too far from ours for it to accept our requests.
// It says nothing of a wrong time zone, which the answer does not tell.
func (*accessKey) strays(answer http.Header, now time.Time) bool {
	at, err := http.ParseTime(answer.Get("Date"))

	return err == nil && now.Sub(at).Abs() > clockTolerance
}
