package zstack

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

const (
	schemeSession   = "OAuth"
	schemeAccessKey = "ZStack"

	accessKeyIDLength = 20
	// maxSkew is how much the Date of a request may differ from the server's time.
	maxSkew = 15 * time.Minute
	// dateLayout is the Date of a request without its zone, which may be any text.
	dateLayout = "Mon, 02 Jan 2006 15:04:05"
)

// accessKey is a credential that needs no login.
type accessKey struct{ id, secret string }

func newAccessKey() accessKey {
	return accessKey{id: rand.Text()[:accessKeyIDLength], secret: rand.Text() + rand.Text()[:14]}
}

// authenticator checks the Authorization header of requests: a session's uuid or the signature of an access key.
type authenticator struct {
	accounts *accountStore
	sessions *sessionStore
	clock    clock
	// checkTimeZone is Options.CheckTimeZone.
	checkTimeZone bool
}

// authenticate returns the session of a request. path is what an access key signs. A session that is not open is an error of the
// call and no refusal: an asynchronous call fails with it as a job.
func (a *authenticator) authenticate(r *http.Request, path string) (*session, *errorCode, *refusal) {
	values, given := r.Header["Authorization"]
	if !given {
		return nil, nil, refuse(http.StatusBadRequest, "missing header 'Authorization'")
	}
	authorization := strings.TrimSpace(values[0])
	if uuid, ok := strings.CutPrefix(authorization, schemeSession); ok {
		found, failure := a.sessions.use(strings.TrimSpace(uuid))

		return found, failure, nil
	}
	signed, ok := strings.CutPrefix(authorization, schemeAccessKey)
	if !ok {
		return nil, nil, refuse(http.StatusBadRequest, "Authorization type must be '%s'", schemeSession)
	}
	if refused := a.checkDate(r.Header["Date"]); refused != nil {
		return nil, nil, refused
	}
	id, signature, ok := strings.Cut(strings.TrimSpace(signed), ":")
	if !ok || strings.Contains(signature, ":") {
		return nil, nil, refuse(http.StatusBadRequest, "accessKey format is 'ZStack AccessKeyId:Signature'")
	}
	owner, found := a.accounts.withKey(id)
	if !found {
		return nil, nil, refuse(http.StatusForbidden, "access key id[%s] is not found", id)
	}
	if signature != sign(owner.key.secret, r.Method, r.Header.Get("Date"), path) {
		return nil, nil, refuse(http.StatusForbidden, "wrong accessKey signature")
	}
	now := a.clock()

	return &session{user: owner.name, account: owner.uuid, createdAt: now, usedAt: now, expiresAt: now}, nil, nil
}

// sign returns the signature of a request: over the path as sent, without query and context path.
func sign(secret, method, date, path string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	_, _ = mac.Write([]byte(method + "\n" + date + "\n" + path)) // never fails, see hash.Hash

	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// zoneOf returns the zone of a Date as Java reads it: an offset after GMT or UTC, an abbreviation, the id of a zone.
func zoneOf(text string) (*time.Location, bool) {
	for _, prefix := range []string{"GMT", "UTC"} {
		if offset, ok := strings.CutPrefix(text, prefix); ok && offset != "" {
			at, err := time.Parse("-07:00", offset)
			if err != nil {
				return nil, false
			}

			return at.Location(), true
		}
	}
	if text == "CST" { // Java takes it for Chicago's, not for China's
		text = "America/Chicago"
	}
	location, err := time.LoadLocation(text)

	return location, err == nil
}

// checkDate compares the faces of the client's and the server's clocks, whatever zone the Date names, or the moments where the server checks
// the zone.
func (a *authenticator) checkDate(header []string) *refusal {
	if len(header) == 0 {
		return refuse(http.StatusBadRequest, "'Date' must be included in request header")
	}
	const malformed = "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'"
	end := strings.LastIndexByte(header[0], ' ')
	if end < 0 || end == len(header[0])-1 {
		return refuse(http.StatusBadRequest, malformed)
	}
	sent, err := time.Parse(dateLayout, header[0][:end])
	if err != nil || !strings.EqualFold(sent.Format("Mon"), header[0][:3]) {
		return refuse(http.StatusBadRequest, malformed)
	}
	now := a.clock()
	if a.checkTimeZone {
		location, ok := zoneOf(header[0][end+1:])
		if !ok {
			return refuse(http.StatusBadRequest, malformed)
		}
		if sent, err = time.ParseInLocation(dateLayout, header[0][:end], location); err != nil || sent.Sub(now).Abs() > maxSkew {
			return refuse(http.StatusForbidden, "requestTimeTooSkewed")
		}

		return nil
	}
	wall := time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), time.UTC)
	if sent.Sub(wall).Abs() > maxSkew {
		return refuse(http.StatusForbidden, "requestTimeTooSkewed")
	}

	return nil
}
